import { UserError } from '../errors.ts'
import type { CodecTarget, ParsedSchema } from './format.ts'
import type { RecordPart } from './wire.ts'

/** What a schema of a topic goes by in the registry. */
export interface SubjectNaming {
  readonly topic: string
  readonly part: RecordPart
  /** Undefined where none is known yet. */
  readonly schema?: ParsedSchema | undefined
  readonly target?: CodecTarget | undefined
}

/** Throws UserError where it takes the name of a record that there is not. */
export type SubjectNameStrategy = (naming: SubjectNaming) => string

const PACKAGE = 'io.confluent.kafka.serializers.subject.'

const STRATEGIES: Readonly<Record<string, SubjectNameStrategy>> = {
  TopicNameStrategy: ({ topic, part }) => `${topic}-${part}`,
  RecordNameStrategy: (naming) => recordName(naming, 'RecordNameStrategy'),
  TopicRecordNameStrategy: (naming) => `${naming.topic}-${recordName(naming, 'TopicRecordNameStrategy')}`,
}

/**
 * The strategy that `{key,value}.subject.name.strategy` names, by its Java class; the package may be left out. Throws
 * UserError for one that kts does not have.
 */
export function subjectNameStrategy(className: string, property: string): SubjectNameStrategy {
  const name = className.trim().startsWith(PACKAGE) ? className.trim().slice(PACKAGE.length) : className.trim()
  if (Object.hasOwn(STRATEGIES, name)) return STRATEGIES[name]!
  throw new UserError(`${property}=${className} is not known; known are ${Object.keys(STRATEGIES).join(', ')}`)
}

function recordName({ schema, target, part }: SubjectNaming, strategy: string): string {
  if (!schema) throw new UserError(`${strategy} takes the name of a record: name the schema with --${part}-schema`)
  const name = schema.recordName(target)
  if (name !== undefined) return name
  throw new UserError(`${strategy} takes the name of a record, and the schema of the ${part} has none`)
}
