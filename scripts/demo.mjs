// npm run demo: a log stream through a Kafka topic, from the generator to the disk and back. Every step is a command
// that anyone can type; nothing is left running or lying about afterwards.
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { pipeline } from 'node:stream/promises'
import { styleText } from 'node:util'

const LINES = 5000
const TOPIC = 'retail'
const kts = new URL('../bin/kts', import.meta.url).pathname
const isColoured = process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb'
const paint = (style, text) => (isColoured ? styleText(style, text) : text)
const say = (text = '') => process.stdout.write(text + '\n')
const indent = (text) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')

const folder = await mkdtemp(join(tmpdir(), 'kts-demo-'))
const dataDir = join(folder, 'data')
const env = { ...process.env, XDG_STATE_HOME: folder, XDG_CONFIG_HOME: folder, ...(isColoured && { FORCE_COLOR: '1' }) }
const children = new Set()
let step = 0

const title = (text, command) => {
  step += 1
  say(`\n${paint('cyan', `${step}.`)} ${paint('bold', text)}\n  ${paint('dim', `$ ${command}`)}`)
}

const start = (args, options = {}) => {
  const child = spawn(process.execPath, [kts, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'], ...options })
  children.add(child)
  child.once('close', () => children.delete(child))
  return child
}

/** Waits for a command's end; its output, unless it is piped on, comes with it. */
const ended = (child, name) =>
  new Promise((resolve, reject) => {
    const out = [],
      err = []
    child.stdout.on('data', (chunk) => out.push(chunk))
    child.stderr.on('data', (chunk) => err.push(chunk))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      const said = Buffer.concat(err).toString()
      if (code === 0) resolve({ stdout: Buffer.concat(out).toString(), stderr: said })
      else reject(new Error(`${name} ended with ${signal ?? `exit code ${code}`}\n${said}`))
    })
  })

const run = (...args) => ended(start(args), `kts ${args.join(' ')}`)
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(2)} s`

async function tour() {
  say(paint('bold', 'kts: a log stream through a Kafka topic, with nothing but Node'))

  title(
    'Start the bundled broker on a free port, with a folder of its own',
    `kts broker start --port 0 --data-dir ${dataDir}`,
  )
  const began = performance.now()
  const broker = start(['broker', 'start', '--port', '0', '--data-dir', dataDir])
  const brokerEnded = ended(broker, 'the broker').catch((error) => error)
  const ready = await Promise.race([firstLine(broker.stdout), brokerEnded.then((error) => Promise.reject(error))])
  say(indent(`${ready}  (${seconds(began)})`))
  const server = /ready at (\S+:\d+)/.exec(ready)[1]

  title('Create a topic with three partitions', `kts topics --create --topic ${TOPIC} --partitions 3`)
  say(
    indent(
      (await run('topics', '--bootstrap-server', server, '--create', '--topic', TOPIC, '--partitions', '3')).stdout,
    ),
  )

  title(
    "Send a web shop's access log through a pipe into it",
    `kts logs generate --count ${LINES} | kts produce --topic ${TOPIC}`,
  )
  const producing = performance.now()
  const generator = start(['logs', 'generate', '--count', String(LINES), '--seed', '1'])
  const producer = start(['produce', '--bootstrap-server', server, '--topic', TOPIC], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const [generated, produced] = [ended(generator, 'kts logs generate'), ended(producer, 'kts produce')]
  await Promise.all([pipeline(generator.stdout, producer.stdin), generated, produced])
  say(indent(`${LINES} lines in ${seconds(producing)}`))

  title('Read it back from the beginning', `kts consume --topic ${TOPIC} --from-beginning --max-messages ${LINES}`)
  const consuming = performance.now()
  const { stdout } = await run(
    'consume',
    '--bootstrap-server',
    server,
    '--topic',
    TOPIC,
    '--from-beginning',
    '--max-messages',
    String(LINES),
    '--timeout-ms',
    '10000',
  )
  const lines = stdout.trimEnd().split('\n')
  if (lines.length !== LINES) throw new Error(`${lines.length} lines came back of ${LINES}`)
  const width = Math.max(40, (process.stdout.columns ?? 120) - 6)
  say(
    indent(
      lines
        .slice(0, 3)
        .map((line) => (line.length > width ? `${line.slice(0, width - 1)}…` : line))
        .join('\n'),
    ),
  )
  say(indent(`… ${lines.length} lines in ${seconds(consuming)}`))

  title('Look at the topic', `kts topics --describe --topic ${TOPIC}`)
  say(indent((await run('topics', '--bootstrap-server', server, '--describe', '--topic', TOPIC)).stdout))

  title('Count the records of each partition', `kts offsets --topic ${TOPIC}`)
  const counts = (await run('offsets', '--bootstrap-server', server, '--topic', TOPIC)).stdout
  say(indent(counts))
  const total = counts
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + Number(line.split(':').at(-1)), 0)
  if (total !== LINES) throw new Error(`the partitions hold ${total} records, not ${LINES}`)

  title("Look at the segment files, in Kafka's own format", `ls -l ${dataDir}/${TOPIC}-*`)
  say(indent(await segmentFiles()))

  title('Stop the broker', 'kts broker stop')
  broker.kill('SIGTERM')
  const failure = await brokerEnded
  if (failure instanceof Error && broker.exitCode !== 143) throw failure
  say(indent('stopped; its folder is removed'))
  say(`\n${paint('green', 'Done.')} Next: kts broker start --daemon, then kts topics --help\n`)
}

const firstLine = (stream) => new Promise((resolve) => createInterface(stream).once('line', resolve))

async function segmentFiles() {
  const lines = []
  for (const name of (await readdir(dataDir)).filter((entry) => entry.startsWith(`${TOPIC}-`)).sort()) {
    lines.push(`${name}/`)
    for (const file of (await readdir(join(dataDir, name))).sort()) {
      const { size } = await stat(join(dataDir, name, file))
      lines.push(`  ${String(size).padStart(8)}  ${file}`)
    }
  }
  return lines.join('\n')
}

/** Ends what is still running, and waits for it, so that nothing writes into the folder any more. */
async function cleanUp() {
  const closing = [...children].map((child) => new Promise((resolve) => child.once('close', resolve)))
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(closing)
  await rm(folder, { recursive: true, force: true })
}

for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => cleanUp().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143)))
try {
  await tour()
} catch (error) {
  process.stderr.write(`\nkts demo: ${error.message}\n`)
  process.exitCode = 1
} finally {
  await cleanUp()
}
