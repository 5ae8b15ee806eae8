import { expect, test } from 'vitest'
import { startBrokerProcess } from '../support/broker-process.ts'
import { findCases, runCases } from './cases.mjs'
import { startInProcess } from './launch-in-process.ts'

const CASES = new URL('secured-cases', import.meta.url).pathname
const SECURED = [
  'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users=User:ANONYMOUS',
]

/** What Apache's own tools did with an authorizer: ACLs, and quotas and credentials of users. */
test('the cases of a broker with an authorizer', { timeout: 120_000 }, async () => {
  const broker = await startBrokerProcess('--in-memory', ...SECURED.flatMap((setting) => ['--override', setting]))
  try {
    const cases = await findCases([CASES])
    expect(cases.length).toBeGreaterThan(3)
    const results = await runCases(cases, { start: startInProcess, bootstrap: broker.bootstrap, jobs: 8, keep: true })
    expect(results.flatMap(({ case: name, problems }) => problems.map((each) => `${name}: ${each}`))).toEqual([])
  } finally {
    await broker.stop()
  }
})
