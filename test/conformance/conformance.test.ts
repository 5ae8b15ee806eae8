import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startBrokerProcess, type BrokerProcess } from '../support/broker-process.ts'
import { findCases, runCases, type CaseResult } from './cases.mjs'
import { startInProcess } from './launch-in-process.ts'
import { WAITING } from './waiting.mjs'

/** What Apache's own tools did, step by step, against what ours do under the same names on the bundled broker. */
const here = new URL('.', import.meta.url).pathname
const tools = readdirSync(`${here}/cases`)
const cases = tools.flatMap((tool) =>
  readdirSync(`${here}/cases/${tool}`).map((file) => `${tool}/${file.replace(/\.json$/, '')}`),
)
const due = cases.filter((name) => !(name in WAITING))

/** Most of the time passes in waiting for a consumer's idle timeout, so many can wait at once. */
const JOBS = 24

let broker: BrokerProcess
let results: Map<string, CaseResult>
beforeAll(async () => {
  broker = await startBrokerProcess('--in-memory')
  const found = (await findCases([`${here}/cases`])).filter(({ id }) => due.includes(id))
  results = new Map(
    (await runCases(found, { start: startInProcess, bootstrap: broker.bootstrap, jobs: JOBS })).map((result) => [
      result.case,
      result,
    ]),
  )
}, 240_000)
afterAll(() => broker.stop())

describe.each(tools)('%s', (tool) => {
  test.each(due.filter((name) => name.startsWith(`${tool}/`)))('%s', (name) => {
    expect(results.get(name)?.problems).toEqual([])
  })
})

test('every case that waits is there, with its reason', () => {
  for (const [name, reason] of Object.entries(WAITING)) {
    expect(cases).toContain(name)
    expect(reason).not.toBe('')
  }
})
