// kts itself as one of the clients: what the others wrote it must read, and the other way round.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { run } from '../support/processes.mjs'

const bin = fileURLToPath(new URL('../../bin/kts', import.meta.url))
export const kts = (args, { limitS = 60, input } = {}) => run(process.execPath, [bin, ...args], { limitS, input })
const NULL = '<null>'
const READER = ['parse.key=true', 'parse.headers=true', `null.marker=${NULL}`].flatMap((property) => [
  '--reader-property',
  property,
])

/** `kts produce` reads lines: keys, values and headers are the records', partition and timestamp are not. */
async function write(limitS, server, jobs) {
  for (let at = 0; at < jobs.length; at += 3) {
    const [topic, codec, file] = jobs.slice(at, at + 3)
    const lines = readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => toLine(JSON.parse(line)))
    await kts(['produce', '-b', server, '-t', topic, '--compression-codec', codec, ...READER], {
      limitS,
      input: lines.join(''),
    })
  }
  return ''
}

const toLine = ({ key, value, headers }) => {
  const pairs = headers.map(([name, text]) => `${name}:${text}`).join(',') || NULL
  return `${pairs}\t${key ?? NULL}\t${value ?? NULL}\n`
}

async function read(limitS, server, topics) {
  const options = ['--include', topics.join('|'), '--from-beginning', '--json', '--timeout-ms', '3000']
  const { stdout } = await kts(['consume', '-b', server, ...options], { limitS })
  return stdout.replace(/^.+$/gm, (line) => JSON.stringify(fromJson(JSON.parse(line))))
}

const fromJson = ({ headers, ...record }) => ({ ...record, headers: headers.map(({ key, value }) => [key, value]) })

export const ktsClient = {
  name: 'kts',
  id: 'kts',
  placesRecords: false,
  run: (limitS, action, server, ...rest) => (action === 'write' ? write : read)(limitS, server, rest),
}
