// npm run test:registry (-- --only REGEX): kts's registry under clients and suites of others, and kts as a client of
// another maker's registry. What this machine lacks is skipped by name.
import { parseArgs } from 'node:util'
import { Missing, Tally } from '../support/tally.mjs'
import { apicurio } from './apicurio/suite.mjs'
import { confluentJavaScript } from './confluent-javascript/suite.mjs'
import { confluentPython } from './confluent-python/suite.mjs'
import { exchange } from './exchange/suite.mjs'
import { kafkajs } from './kafkajs/suite.mjs'
import { karapace } from './karapace/suite.mjs'
import { python } from './python/suite.mjs'

/** Each has a name, and `run(tally)`, which throws `Missing` where it cannot be run at all. */
const SUITES = [exchange, confluentPython, karapace, python, confluentJavaScript, kafkajs, apicurio]

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })
const only = new RegExp(values.only)
const tally = new Tally()
for (const { name, run } of SUITES.filter((suite) => only.test(suite.name))) {
  const began = performance.now()
  try {
    await run(tally)
  } catch (error) {
    if (error instanceof Missing) tally.skipped(name, error.message)
    else tally.failed(name, error.stack)
  }
  console.log(`=== ${name}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
}
tally.end()
process.exit()
