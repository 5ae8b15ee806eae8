// Packs the tests that JSON-Schema-Test-Suite requires: node collect.mjs CHECKOUT
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

const DRAFTS = ['draft4', 'draft6', 'draft7', 'draft2019-09', 'draft2020-12']
const [checkout] = process.argv.slice(2)

const read = (...path) => JSON.parse(readFileSync(join(checkout, ...path), 'utf8'))
const jsonFiles = (folder, recursive) =>
  readdirSync(join(checkout, folder), { recursive })
    .filter((name) => name.endsWith('.json'))
    .sort()
const keyedBy = (names, valueOf) => Object.fromEntries(names.map((name) => [name, valueOf(name)]))

// What is optional stands in a folder of its own.
const tests = keyedBy(DRAFTS, (draft) =>
  keyedBy(jsonFiles(`tests/${draft}`, false), (name) =>
    read('tests', draft, name).map(({ description, schema, tests }) => ({
      description,
      schema,
      tests: tests.map(({ description, data, valid }) => ({ description, data, valid })),
    })),
  ),
)
const isOfDrafts = (name) => !/^(?:draft3|v1)\//.test(name)
const remotes = keyedBy(jsonFiles('remotes', true).filter(isOfDrafts), (name) => read('remotes', name))

writeFileSync(new URL('tests.json.gz', import.meta.url), gzipSync(JSON.stringify({ tests, remotes }), { level: 9 }))
