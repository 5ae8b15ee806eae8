// Python with packages of PyPI, in a folder of its own.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './processes.mjs'
import { orMissing } from './tally.mjs'

const INSTALL = { limitS: 420 }

/** The interpreter with what `requirements`, a path, names, kept in `folder`. Throws `Missing` without Python, PyPI. */
export async function installPython(folder, requirements) {
  const python = join(folder, 'bin', 'python')
  const note = join(folder, 'installed.txt')
  const wanted = readFileSync(requirements, 'utf8')
  if (existsSync(note) && readFileSync(note, 'utf8') === wanted) return python
  mkdirSync(folder, { recursive: true })
  const pip = ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', '-r', requirements]
  await orMissing('python3 with venv is', () => run('python3', ['-m', 'venv', '--clear', folder], INSTALL))
  await orMissing('packages from PyPI are', () => run(python, pip, INSTALL))
  writeFileSync(note, wanted)
  return python
}
