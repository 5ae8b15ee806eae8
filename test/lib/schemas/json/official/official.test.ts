import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { SchemaError } from '../../../../../src/lib/schemas/format.ts'
import { isObject } from '../../../../../src/lib/schemas/json/document.ts'
import { jsonFormat } from '../../../../../src/lib/schemas/json/index.ts'
import misses from './misses.json' with { type: 'json' }

interface Group {
  readonly description: string
  readonly schema: unknown
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[]
}

interface Suite {
  readonly tests: Readonly<Record<string, Readonly<Record<string, readonly Group[]>>>>
  readonly remotes: Readonly<Record<string, unknown>>
}

/** Cases that are judged otherwise, by draft: `FILE: GROUP: TEST`. */
interface Misses {
  readonly why: string
  readonly cases: Readonly<Record<string, readonly string[]>>
}

const { tests, remotes } = JSON.parse(
  gunzipSync(readFileSync(new URL('tests.json.gz', import.meta.url))).toString(),
) as Suite

const DIALECTS: Readonly<Record<string, string>> = {
  draft4: 'http://json-schema.org/draft-04/schema#',
  draft6: 'http://json-schema.org/draft-06/schema#',
  draft7: 'http://json-schema.org/draft-07/schema#',
  'draft2019-09': 'https://json-schema.org/draft/2019-09/schema',
  'draft2020-12': 'https://json-schema.org/draft/2020-12/schema',
}

const HOST = 'http://localhost:1234/'

/** They are made of the metaschemas of json-schema.org, which the suite does not hold. */
const isMetaschema = (document: unknown): boolean => isObject(document) && '$vocabulary' in document

/** The suite's documents, under the addresses that it gives them. */
const referencesOf = (draft: string, schema: string) =>
  schema.includes(HOST)
    ? Object.entries(remotes)
        .filter(([path]) => path.startsWith(`${draft}/`) || !path.startsWith('draft'))
        .filter(([, document]) => !isMetaschema(document))
        .map(([path, document]) => ({ name: HOST + path, text: JSON.stringify(document) }))
    : []

/** What the suite says of a value, or what went wrong. */
function judged(draft: string, schema: unknown, data: unknown): boolean | string {
  const dialect = DIALECTS[draft]
  const text = JSON.stringify(isObject(schema) ? { $schema: dialect, ...schema } : schema)
  try {
    jsonFormat.parse(text, referencesOf(draft, text)).codec().encode(JSON.stringify(data))
    return true
  } catch (error) {
    const { message } = error as Error
    return error instanceof SchemaError && message.includes(' does not fit the schema: ') ? false : message
  }
}

it.each(Object.keys(DIALECTS))('judges values as JSON-Schema-Test-Suite does, but for misses.json: %s', (draft) => {
  const missed = Object.entries(tests[draft]!).flatMap(([file, groups]) =>
    groups.flatMap(({ description: group, schema, tests: cases }) =>
      cases
        .filter(({ data, valid }) => judged(draft, schema, data) !== valid)
        .map(({ description }) => `${file}: ${group}: ${description}`),
    ),
  )
  const known = (misses as readonly Misses[]).flatMap(({ cases }) => cases[draft] ?? [])
  expect(missed.sort()).toEqual(known.sort())
})
