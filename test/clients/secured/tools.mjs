// Apache's own tools with --command-config, over SASL_SSL.
import { Missing } from '../../support/tally.mjs'
import { fetchJars } from '../../kafka/jars.mjs'
import { startToolServer } from '../../kafka/launch-in-jvm.mjs'
import { topicOf } from './table.mjs'

const TOPIC = topicOf('tools')
const REFUSED = /^1 .*(SaslAuthenticationException|Authentication failed: Invalid username or password)/s
/**
 * In this order: what each does with the right password, and what is then its output; by what a wrong one is told.
 * Producer and consumer tell it to their logs alone, which are not kept: nothing is written, and nothing read.
 */
const TOOLS = [
  { tool: 'kafka-topics', args: ['--create', '--topic', TOPIC], said: /Created topic/, refused: REFUSED },
  {
    tool: 'kafka-acls',
    args: ['--add', '--allow-principal', 'User:java', '--operation', 'Read', '--topic', TOPIC],
    said: /principal=User:java/,
    refused: REFUSED,
  },
  { tool: 'kafka-console-producer', args: ['--topic', TOPIC], input: 'a record\n', said: /^/, refused: /^0/ },
  {
    tool: 'kafka-console-consumer',
    args: ['--topic', TOPIC, '--from-beginning', '--timeout-ms', '5000'],
    said: /^a record\n$/,
    refused: /^0 .*Processed a total of 0 messages/s,
  },
  {
    tool: 'kafka-configs',
    args: ['--describe', '--entity-type', 'users', '--entity-name', 'java'],
    said: /SCRAM-SHA-512=iterations=\d+/,
    refused: REFUSED,
  },
]

export async function checkTools(tally, { addresses, writeClient }) {
  let tools
  try {
    tools = await startToolServer(await fetchJars('4.3.0'))
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    return tally.skipped("Apache's tools over SASL_SSL", error.message, TOOLS.length)
  }
  const files = [writeClient('tools.properties', 'admin'), writeClient('wrong.properties', 'admin', 'wrong-password')]
  try {
    for (const { tool, args, input, said, refused } of TOOLS) {
      const perform = (file) =>
        tools.start([tool, ...args, '--bootstrap-server', addresses.SASL_SSL, '--command-config', file], input).done
      await tally.check(`Apache's ${tool} over SASL_SSL, with the right and with a wrong password`, async () => {
        const [right, wrong] = await Promise.all(files.map(perform))
        if (right.code !== 0 || !said.test(right.stdout)) throw new Error(`${right.stdout}${right.stderr}`)
        const end = `${wrong.code} ${wrong.stdout}${wrong.stderr}`
        if (!refused.test(end)) throw new Error(`no refusal: ${end}`)
      })
    }
  } finally {
    await tools.stop()
  }
}
