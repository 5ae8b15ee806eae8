import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { bundledPackages, thirdPartyNotices } from '../../scripts/third-party.mjs'
import { root, temporaryFolder } from '../support/kts.ts'

/** What scripts/build.mjs puts into the bundles. The other dependencies are found in node_modules at run time. */
const BUNDLED = ['kafkajs', 'commander', 'yaml', 'chalk', 'ora', 'jose']

/** The folders of packages and of all that they depend on, as Node finds them. */
function withDependencies(names: readonly string[], from: string, found = new Set<string>()): Set<string> {
  for (const name of names) {
    const paths = createRequire(join(from, 'package.json')).resolve.paths(name)!
    const folder = paths.map((path) => join(path, name)).find((path) => readJson(join(path, 'package.json')))!
    if (found.has(folder)) continue
    found.add(folder)
    withDependencies(Object.keys(readJson(join(folder, 'package.json'))!.dependencies ?? {}), folder, found)
  }
  return found
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies?: Record<string, string>
}

function readJson(path: string): Manifest | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Manifest
  } catch {
    return undefined
  }
}

describe('the package', () => {
  const notices = readFileSync(join(root, 'THIRD-PARTY-NOTICES.txt'), 'utf8')
  const folders = [...withDependencies(BUNDLED, root)]

  it('names every dependency that is found at run time, or bundles it', () => {
    const external = ['@node-rs/crc32', '@toondepauw/node-zstd', 'cli-table3', 'lz4-napi', 'snappy', 'string-width']
    const { dependencies } = readJson(join(root, 'package.json'))!
    expect(Object.keys(dependencies!).sort()).toEqual([...external, ...BUNDLED].sort())
  })

  it.each(folders.map((folder) => [readJson(join(folder, 'package.json'))!.name, folder]))(
    'carries the licence of %s',
    (_, folder) => {
      const { name, version } = readJson(join(folder, 'package.json'))!
      const files = readdirSync(folder).filter((file) => /^licen[cs]e/i.test(file))
      expect(notices).toContain(`\n${name} ${version} (`)
      expect(files.length).toBeGreaterThan(0)
      for (const file of files) expect(notices).toContain(readFileSync(join(folder, file), 'utf8').trim())
    },
  )

  it('has them in a file beside its own', () => {
    const listed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      shell: process.platform === 'win32',
    })
    const [{ files }] = JSON.parse(listed) as [{ files: { path: string }[] }]
    expect(files.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['LICENSE', 'THIRD-PARTY-NOTICES.txt', 'bin/kts']),
    )
  })
})

describe('the notices', () => {
  let folder: ReturnType<typeof temporaryFolder>
  beforeEach(() => {
    folder = temporaryFolder()
  })
  afterEach(() => folder.remove())

  const metafile = (...paths: string[]) => {
    const sized = paths.map((path) => [path, { bytesInOutput: path.includes('unused') ? 0 : 9 }])
    return { outputs: { 'out.js': { inputs: Object.fromEntries(sized) as Record<string, { bytesInOutput: number }> } } }
  }

  const install = (path: string, files: Record<string, string>): void => {
    mkdirSync(join(folder.path, path), { recursive: true })
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder.path, path, name), text)
  }

  it('are for packages with code in a bundle, wherever they lie', () => {
    const bundle = metafile(
      'src/cli.ts',
      'node_modules/a/x.js',
      'node_modules/a/node_modules/@s/b/y.js',
      'node_modules/unused/z.js',
      'lazy-class:/r/node_modules/c/index.js',
      'node_modules/a/other.js',
    )
    expect(bundledPackages('/r', [bundle])).toEqual([
      '/r/node_modules/a',
      '/r/node_modules/a/node_modules/@s/b',
      '/r/node_modules/c',
    ])
  })

  it('hold every text of a licence', async () => {
    const [a, b] = ['{"name":"a","version":"1.0.0","license":"MIT"}', '{"name":"b","version":"2.0.0","license":"ISC"}']
    install('node_modules/b', { 'package.json': b, 'LICENSE.md': 'As is.', NOTICE: 'By B.' })
    install('node_modules/a', { 'package.json': a, licence: 'Do.' })
    const text = await thirdPartyNotices(folder.path, [
      metafile('node_modules/b/x.js'),
      metafile('node_modules/a/x.js'),
    ])
    expect(text).toMatch(
      /a 1\.0\.0 \(MIT\)\n\nDo\.\n[^]*b 2\.0\.0 \(ISC\)\n\nAs is\.\n\nBy B\.\n[^]*google\/protobuf\/\*\.proto \(BSD-3-Clause\)/,
    )
  })

  it('cannot be made for a package that brings no licence', async () => {
    install('node_modules/a', { 'package.json': '{"name":"a","version":"1.0.0"}' })
    await expect(thirdPartyNotices(folder.path, [metafile('node_modules/a/x.js')])).rejects.toThrow(
      'a is bundled and brings no text of its licence',
    )
  })
})
