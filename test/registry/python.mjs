// Python with packages of PyPI, each set in a folder of the cache, and the suites that pytest runs with it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../support/processes.mjs'
import { orMissing } from '../support/tally.mjs'
import { removeFolder, temporaryFolder } from '../support/temporary-folder.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const INSTALL = { limitS: 420 }

/** The interpreter that has what `requirements`, a path, names. Throws `Missing` without Python, or PyPI. */
export async function installPython(name, requirements) {
  const folder = join(here, '.cache', name)
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

/**
 * What pytest says of each test, as `{ name, outcome, reason }`. `plugins` are modules beside the suite of kts, in
 * `pythonPath`.
 */
export async function pytest(python, words, { cwd, plugins, pythonPath, env, limitS }) {
  const folder = temporaryFolder('kts-pytest-')
  const report = join(folder, 'report.ndjson')
  const options = {
    cwd,
    limitS,
    env: {
      ...process.env,
      ...env,
      PYTHONPATH: [here, ...pythonPath].join(':'),
      PYTHONDONTWRITEBYTECODE: '1',
      PYTEST_REPORT: report,
    },
  }
  const loaded = ['pytest_report', ...plugins].flatMap((plugin) => ['-p', plugin])
  const basetemp = ['--basetemp', join(folder, 'tmp'), '-p', 'no:cacheprovider']
  try {
    await run(python, ['-m', 'pytest', '-q', ...loaded, ...basetemp, ...words], options).catch((error) => {
      // 1: tests failed, which the report tells.
      if (error.outcome?.code !== 1 || !existsSync(report)) throw error
    })
    return readFileSync(report, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  } finally {
    removeFolder(folder)
  }
}
