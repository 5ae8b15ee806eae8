#!/usr/bin/env node
// Installs what package-lock.json names when it is not there, and builds when a source is newer than dist/.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const dateOf = (path) => statSync(join(root, path), { throwIfNoEntry: false })?.mtimeMs ?? 0

if (dateOf('node_modules/.package-lock.json') < dateOf('package-lock.json')) {
  run('npm', ['ci', '--no-audit', '--no-fund'])
}
if (dateOf('dist/.built') < newest(['src', 'scripts/build.mjs', 'package.json', 'tsconfig.json'])) {
  run(process.execPath, [join(root, 'scripts', 'build.mjs')])
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

/** What the command says goes to stderr, so that stdout stays that of the script that was asked for. */
function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' && command === 'npm' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
