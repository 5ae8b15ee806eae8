// Registry clients of npm, in a cache: they are large, and not ours to depend on.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../support/processes.mjs'
import { Missing } from '../../support/tally.mjs'

const wanted = fileURLToPath(new URL('package.json', import.meta.url))
const cache = fileURLToPath(new URL('../.cache/javascript', import.meta.url))

let installed
/** The folder with their `node_modules`; throws `Missing` without npm or its registry. */
export const installJavaScript = () => (installed ??= install())

async function install() {
  const manifest = join(cache, 'package.json')
  // Npm writes this file last.
  const isThere = existsSync(join(cache, 'node_modules', '.package-lock.json'))
  if (isThere && readFileSync(manifest, 'utf8') === readFileSync(wanted, 'utf8')) return cache
  mkdirSync(cache, { recursive: true })
  copyFileSync(wanted, manifest)
  const words = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock', '--silent']
  try {
    await run('npm', words, { cwd: cache, limitS: 240 })
  } catch (error) {
    throw new Missing(`npm could not bring registry clients: ${error.message}`)
  }
  return cache
}
