import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { avroFormat } from '../../../../src/lib/schemas/avro/index.ts'
import { refusal } from './support.ts'

// What Apache Avro 1.12.2 answered (java/record.mjs). The pairs of schemas are those of its own tests of
// SchemaCompatibility and of data in evolved schemas, and some more.
interface Questions {
  parse: string[]
  values: unknown[]
  compare: [unknown, unknown][]
}
interface Answers {
  parse: (string | null)[]
  values: [hex: string, text: string][][]
  compare: [type: string, path: string, message: string][][]
}
const file = (name: string): Buffer => readFileSync(new URL(`java/${name}`, import.meta.url))
const questions = JSON.parse(file('questions.json').toString()) as Questions
const answers = JSON.parse(gunzipSync(file('answers.json.gz')).toString()) as Answers

describe('as Apache Avro in Java', () => {
  it.each(questions.parse.map((text, index) => [text, answers.parse[index]] as const))(
    'parses %s',
    (text, canonical) => {
      const parse = () => avroFormat.parse(text, [], { validatesDefaults: true })
      if (canonical === null) expect(refusal(parse)).not.toBe('')
      else expect(parse().canonical).toBe(canonical)
    },
  )

  it('has asked for some hundreds of values', () => {
    expect(answers.values.flat().length).toBeGreaterThanOrEqual(500)
  })

  it.each(questions.values.map((schema, index) => [schema, answers.values[index]!] as const))(
    'writes and reads values of %j',
    (schema, values) => {
      const codec = avroFormat.parse(JSON.stringify(schema)).codec()
      for (const [hex, text] of values) {
        expect(codec.decode(Buffer.from(hex, 'hex'))).toBe(text)
        expect(codec.encode(text).toString('hex')).toBe(hex)
      }
    },
  )

  it('says of every pair of schemas what Java does', () => {
    const reasons = questions.compare.map(([reader, writer]) =>
      avroFormat.incompatibilities(kept(reader), kept(writer)).map(partsOf),
    )
    expect(reasons).toEqual(answers.compare)
    expect(answers.compare.filter((found) => found.length === 0).length).toBeGreaterThan(50)
  })
})

const kept = (schema: unknown) => avroFormat.parse(JSON.stringify(schema), [], { isKept: true })

function partsOf(reason: string): string[] {
  const parts = /^\{errorType:'(\w+)', description:'.*path '([^']*)'.*', additionalInfo:'(.*)'\}$/.exec(reason)
  return parts?.slice(1) ?? [reason]
}
