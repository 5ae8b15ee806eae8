import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BIN, startBrokerProcess, type BrokerProcess } from '../support/broker-process.ts'
import { WAITING } from './waiting.ts'

/** What Apache's own tools did, step by step, against what ours do under the same names on the bundled broker. */
const here = new URL('.', import.meta.url).pathname
const tools = readdirSync(`${here}/cases`)
const cases = tools.flatMap((tool) => readdirSync(`${here}/cases/${tool}`).map((file) => `${tool}/${file.replace(/\.json$/, '')}`))
const due = cases.filter((name) => !(name in WAITING))

interface CaseResult { case: string; ok: boolean; problems: string[] }
/** Most of the time passes in waiting for a consumer's idle timeout, so many can wait at once. */
const JOBS = 12

let broker: BrokerProcess
let results: Map<string, CaseResult>
beforeAll(async () => {
  broker = await startBrokerProcess('--in-memory')
  results = new Map((await runCases()).map((result) => [result.case, result]))
}, 240_000)
afterAll(() => broker.stop())

function runCases(): Promise<CaseResult[]> {
  const args = ['check', '--tools', BIN, '--bootstrap', broker.bootstrap, '--jobs', String(JOBS), '--json', '--only', `^(${due.join('|')})$`, `${here}/cases`]
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [`${here}/run.mjs`, ...args], { maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      try {
        resolve((JSON.parse(stdout) as { results: CaseResult[] }).results)
      } catch {
        reject(error ?? new Error(stderr))
      }
    })
  })
}

describe.each(tools)('%s', (tool) => {
  test.each(due.filter((name) => name.startsWith(`${tool}/`)))('%s', (name) => {
    expect(results.get(name)?.problems.join('\n')).toBe('')
  })
})

test('every case that waits is there, with its reason', () => {
  for (const [name, reason] of Object.entries(WAITING)) {
    expect(cases).toContain(name)
    expect(reason).not.toBe('')
  }
})
