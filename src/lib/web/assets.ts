import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { EnvironmentError } from '../errors.ts'

export interface Asset {
  readonly body: Buffer
  /** The same, compressed. */
  readonly gzip: Buffer
  readonly type: string
  /** Its name carries a digest of its content: a browser may keep it. */
  readonly isLasting: boolean
}

/** The files of the page, as scripts/build.mjs writes them: by name, and the page itself. */
export interface Assets {
  readonly page: Asset
  find(name: string): Asset | undefined
}

interface Manifest {
  readonly page: string
  readonly files: readonly string[]
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/** What stands in the page for the path that it is served under. */
const BASE = '%BASE%'

/** Reads each file when it is asked for first. Throws EnvironmentError where nothing has been built. */
export function readAssets(folder: string, basePath: string): Assets {
  const file = join(folder, 'manifest.json')
  if (!existsSync(file)) throw new EnvironmentError(`the page is not built: ${file} is missing; npm run build makes it`)
  const { page, files } = JSON.parse(readFileSync(file, 'utf8')) as Manifest
  const known = new Map<string, Asset>()
  const read = (name: string): Asset => ({
    body: readFileSync(join(folder, name)),
    gzip: readFileSync(join(folder, `${name}.gz`)),
    type: typeOf(name),
    isLasting: true,
  })
  return {
    page: readPage(join(folder, page), basePath),
    find(name) {
      if (!files.includes(name)) return undefined
      const asset = known.get(name) ?? read(name)
      known.set(name, asset)
      return asset
    },
  }
}

function readPage(file: string, basePath: string): Asset {
  const body = Buffer.from(readFileSync(file, 'utf8').replaceAll(BASE, basePath))
  return { body, gzip: gzipSync(body), type: typeOf(file), isLasting: false }
}

const typeOf = (name: string): string => TYPES[name.replace(/^.*\./, '')] ?? 'application/octet-stream'
