// Python with packages of PyPI in the cache, and the suites that pytest runs with it.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../support/processes.mjs'
import { installPython } from '../support/python.mjs'
import { removeFolder, temporaryFolder } from '../support/temporary-folder.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))

/** As `installPython`, in the cache of this suite. */
export const installCachedPython = (name, requirements) => installPython(join(here, '.cache', name), requirements)

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
