import { Validator, type Schema, type SchemaDraft } from '@cfworker/json-schema'
import { PatternTimeout, stoppedAfter } from '../../regex/matcher.ts'
import { SchemaError, type ValueCodec } from '../format.ts'
import { isObject, readJson } from './document.ts'
import type { Model } from './parse.ts'
import { waysThrough } from './ways.ts'

/** How long a schema of many ways, or its regular expressions, may keep one value. */
const TIMEOUT_MS = 500
/** So many are gone through in no time, however deep the value. */
const FEW_WAYS = 30
const MOST_WAYS = 10_000

/** JSON as it is: what is read is laid out without blanks, what is written has to be valid. */
export function jsonCodec(model: Model): ValueCodec {
  let validate: ((value: unknown) => void) | undefined
  return {
    decode: (payload) => readJson(payload.toString(), 'the value').compact,
    encode(json, prefix) {
      const { value, compact } = readJson(json, 'the value')
      validate ??= validatorOf(model)
      validate(value)
      return bytesBehind(prefix, compact)
    },
  }
}

const bytesBehind = (prefix: Buffer | undefined, text: string): Buffer =>
  prefix === undefined ? Buffer.from(text) : Buffer.concat([prefix, Buffer.from(text)])

/** Throws SchemaError for a schema that validation would not come to the end of. */
function validatorOf(model: Model): (value: unknown) => void {
  const { root, draft, documents } = model
  const ways = waysThrough(model)
  if (ways > MOST_WAYS) throw new SchemaError('the schema refers to itself in too many ways')
  const validator = new Validator(structuredClone(root) as Schema, (draft === '6' ? '7' : draft) satisfies SchemaDraft)
  const id = isObject(root) ? root['$id'] : undefined
  for (const [name, document] of documents) {
    const schema = (isObject(document) ? document : { allOf: [document] }) as Schema
    for (const address of new Set([name, ...(typeof id === 'string' ? [resolved(name, id)] : [])]))
      validator.addSchema(structuredClone(schema), address)
  }
  const isHarmless = ways <= FEW_WAYS && ![root, ...documents.values()].some(hasPatterns)
  const runs = isHarmless ? (work: () => void) => work() : watched
  return (value) =>
    runs(() => {
      const { valid, errors } = usable(() => validator.validate(value))
      if (valid) return
      // The last is the innermost: the others say that something within them is wrong.
      const { instanceLocation, error } = errors.at(-1)!
      throw new SchemaError(`${instanceLocation} does not fit the schema: ${error}`)
    })
}

/** The validator throws for a `$ref` to nothing that it knows, V8 for a pattern that is none by its own rules. */
function usable<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new SchemaError(`the schema cannot be used: ${(error as Error).message.split('\n', 1)[0]}`)
  }
}

/** V8's regular expressions may take for ever, and those of a schema are not ours. */
function watched(work: () => void): void {
  try {
    stoppedAfter(TIMEOUT_MS, 'of the schema', work)
  } catch (error) {
    throw error instanceof PatternTimeout ? new SchemaError(error.message) : error
  }
}

const hasPatterns = (schema: unknown): boolean => /"(?:pattern|patternProperties|format)":/.test(JSON.stringify(schema))

function resolved(name: string, id: string): string {
  try {
    return new URL(name, id).href
  } catch {
    return name
  }
}
