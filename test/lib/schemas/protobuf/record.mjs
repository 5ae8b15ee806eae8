// Records what protobuf's own tools make of schemas/: descriptors.json by protoc 3.21, and records.json, 504 random
// records by protobuf-java-util 3.25.5, with what JsonFormat prints of each and makes of that text again. Needs protoc,
// a JDK 17 and Maven; the tests do not.
//   node test/lib/schemas/protobuf/record.mjs
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const cache = join(here, '.cache')
const RECORDS_EACH = '84'
const MESSAGES = [
  'test.three.All',
  'test.three.Other',
  'test.three.Many',
  'test.two.Old',
  'test.known.Known',
  'test.known.Plain',
]

mkdirSync(cache, { recursive: true })

/** A descriptor set of these files, with what they import or without. */
function describe(names, ...options) {
  const path = join(cache, 'set.bin')
  const files = names.map((name) => join(here, 'schemas', `${name}.proto`))
  execFileSync('protoc', [
    `-I${join(here, 'schemas')}`,
    '-I/usr/include',
    `--descriptor_set_out=${path}`,
    ...options,
    ...files,
  ])
  return path
}

/** The one file of a set, which has a tag and a length before it. */
function onlyFile(set) {
  const lengthEnd = set.findIndex((byte, index) => index > 0 && byte < 0x80)
  return set.subarray(lengthEnd + 1).toString('base64')
}

const descriptors = ['proto3', 'proto2', 'well-known', 'options'].map((name) => [
  name,
  onlyFile(readFileSync(describe([name]))),
])
writeFileSync(join(here, 'descriptors.json'), `${JSON.stringify(Object.fromEntries(descriptors), null, 2)}\n`)

const set = describe(['proto3', 'proto2', 'well-known'], '--include_imports')
const jars = join(cache, 'jars')
execFileSync('mvn', [
  '-B',
  '-q',
  '-f',
  join(here, 'pom.xml'),
  'dependency:copy-dependencies',
  `-DoutputDirectory=${jars}`,
])
execFileSync('javac', ['-encoding', 'UTF-8', '-cp', `${jars}/*`, '-d', cache, join(here, 'Record.java')])
const printed = execFileSync('java', ['-cp', `${cache}:${jars}/*`, 'Record', set, RECORDS_EACH, ...MESSAGES], {
  maxBuffer: 1 << 26,
})
const records = printed
  .toString()
  .split('\n')
  .slice(0, -1)
  .map((line) => {
    const [type, payload, json, encoded] = line.split('\t')
    // Of its own text it makes other bytes where a map is in another order, or -0.0 loses its sign.
    return [type, payload, Buffer.from(json, 'base64').toString(), ...(encoded === payload ? [] : [encoded])]
  })
writeFileSync(join(here, 'records.json'), `[\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]\n`)
