#!/usr/bin/env node
// Installs what package-lock.json names when it is not there, and builds when a source is newer than dist/, with --anew
// in any case. With --pages also the manual pages. npm runs it when a clone is installed or packed.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const SOURCES = [
  'src',
  'bin/chunks.js',
  'bin/code-cache.js',
  'bin/small-heap.js',
  'bin/start.js',
  'scripts/build.mjs',
  'scripts/chunk-script.mjs',
  'scripts/third-party.mjs',
  'package.json',
  'tsconfig.json',
]
const dateOf = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0
const wants = (option) => process.argv.includes(option)

if (dateOf('node_modules/.package-lock.json') < dateOf('package-lock.json')) {
  // What builds is among the devDependencies. Without scripts: npm would run this one again, and needs no other.
  run('npm', ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'])
}
if (wants('--anew') || dateOf('dist/.built') < newest(SOURCES)) {
  run(process.execPath, [join(root, 'scripts', 'build.mjs')])
}
if (wants('--pages') && dateOf('man/kts.1') < dateOf('dist/.built')) {
  run(process.execPath, [join(root, 'bin', 'kts'), 'help', '--man-pages', 'man'])
}

/** The latest date of these files, and of the files in these folders; a folder's own date tells of what was removed. */
function newest(paths) {
  const dates = paths.flatMap((path) => {
    const entry = statSync(join(root, path))
    if (!entry.isDirectory()) return [entry.mtimeMs]
    return [entry.mtimeMs, newest(readdirSync(join(root, path)).map((name) => join(path, name)))]
  })
  return Math.max(0, ...dates)
}

/** What the command says goes to stderr: stdout is that of the script that was asked for. */
function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env: ownEnvironment(),
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && command === 'npm',
  })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

/**
 * An npm that runs this one tells it where it installs, and what; its registry, proxy and certificates count here too.
 */
function ownEnvironment() {
  const places = 'global|prefix|local_prefix|location|workspaces?'
  const foreign = new RegExp(`^npm_config_(${places}|omit|production|only|dry_run|package_lock.*|save.*|force)$`, 'i')
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}
