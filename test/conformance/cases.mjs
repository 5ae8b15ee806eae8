// Finding cases, and running many of them side by side.
import { randomInt } from 'node:crypto'
import { readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { compareStep, inline, pretty, recordStep } from './compare.mjs'
import { finish, runSteps } from './steps.mjs'

/** The cases in these files and folders that match `only` and need no feature of `lacking`. */
export async function findCases(paths, { only = '', lacking = [] } = {}) {
  const files = (await Promise.all(paths.map(filesOf))).flat()
  const cases = await Promise.all(
    files.map(async (file) => {
      const id = `${basename(dirname(resolve(file)))}/${basename(file, '.json')}`
      return { file, id, spec: JSON.parse(await readFile(file, 'utf8')) }
    }),
  )
  return cases.filter(
    ({ id, spec }) => new RegExp(only).test(id) && !spec.needs?.some((word) => lacking.includes(word)),
  )
}

async function filesOf(path) {
  if (!(await stat(path)).isDirectory()) return [path]
  const entries = (await readdir(path, { withFileTypes: true })).filter(
    (entry) => entry.isDirectory() || entry.name.endsWith('.json'),
  )
  const found = await Promise.all(entries.map((entry) => filesOf(join(path, entry.name))))
  return found.flat().sort()
}

/**
 * Runs the cases, `jobs` at a time, against the broker at `bootstrap`; `start` runs one command line (see
 * `launch-processes.mjs`). Resolves with `{ case, ok, seconds, problems }` for each, in the order in which they ended;
 * `onResult` is told of each before the next one begins.
 */
export async function runCases(
  cases,
  { action = 'check', start, bootstrap, cluster, jobs = 1, keep = false, onResult = () => {} },
) {
  // Prefixes all have the same length: "c", four characters for the run, three for the case, "-".
  const runId =
    'c' +
    randomInt(36 ** 4)
      .toString(36)
      .padStart(4, '0')
  const results = []
  const perform = async (item, index) => {
    const prefix = `${runId}${index.toString(36).padStart(3, '0')}-`
    const began = Date.now()
    const problems = await runCase(item, { action, start, bootstrap, prefix, cluster })
    const result = { case: item.id, ok: problems.length === 0, seconds: (Date.now() - began) / 1000, problems }
    results.push(result)
    await onResult(result)
  }

  // Cases that touch what all share (a broker's settings, every group) run alone, after the others.
  const numbered = cases.map((item, index) => [item, index])
  const together = numbered.filter(([item]) => !item.spec.alone)
  const worker = async () => {
    while (together.length > 0) await perform(...together.shift())
  }
  await Promise.all(Array.from({ length: Math.max(1, jobs) }, worker))
  for (const entry of numbered.filter(([item]) => item.spec.alone)) await perform(...entry)
  if (!keep) await cleanUp(start, bootstrap, runId).catch(() => {})
  return results
}

async function runCase({ file, spec }, { action, start, bootstrap, prefix, cluster }) {
  const problems = []
  const onResult = (step, seen, index) => {
    if (action === 'record') return recordStep(step, seen)
    const found = compareStep(step, seen)
    if (found.length === 0) return true
    problems.push(`  step ${index + 1}: ${step.run?.join(' ') ?? inline(step).slice(0, 60)}`, ...found)
    return false
  }
  try {
    await runSteps(spec, { start, bootstrap, prefix, cluster, onResult })
    if (action === 'record') await writeFile(file, pretty(spec) + '\n')
  } catch (error) {
    problems.push(`  ${error.message}`)
  }
  return problems
}

/** Best effort, with the tools under test: deletes the topics and groups of this run. */
async function cleanUp(start, bootstrap, runId) {
  const tool = async (...argv) =>
    (await finish(start([argv[0], '--bootstrap-server', bootstrap, ...argv.slice(1)]), 60)).stdout
  const groups = (await tool('kafka-consumer-groups', '--list')).split('\n').filter((group) => group.startsWith(runId))
  if (groups.length > 0)
    await tool('kafka-consumer-groups', '--delete', ...groups.flatMap((group) => ['--group', group]))
  await tool('kafka-topics', '--delete', '--if-exists', '--topic', `${runId}.*`)
}
