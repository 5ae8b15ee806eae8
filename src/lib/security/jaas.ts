import { UserError } from '../errors.ts'
import { JaasTokenizer } from './jaas-tokens.ts'

export interface JaasConfig {
  readonly loginModule: string
  readonly options: ReadonlyMap<string, string>
}

const CONTROL_FLAG = /^(required|requisite|sufficient|optional)$/i

/**
 * Reads `sasl.jaas.config`: `package.LoginModule required key="value" …;`, by the rules of Kafka's JaasConfig and
 * JaasContext, which take exactly one login module. Throws UserError; its message holds nothing of the text, which is a
 * secret.
 */
export function parseJaas(text: string): JaasConfig {
  const tokens = new JaasTokenizer(text)
  const entries: JaasConfig[] = []
  for (let first = tokens.next(); first; first = tokens.next()) entries.push(readEntry(first.word, tokens))
  const [entry] = entries
  if (!entry) throw malformed('it names no login module')
  if (entries.length > 1) throw malformed(`it names ${entries.length} login modules, and Kafka takes one`)
  return entry
}

/** `loginModule` is null where a number or a sign stands in its place. */
function readEntry(loginModule: string | null, tokens: JaasTokenizer): JaasConfig {
  if (!loginModule) throw malformed('it does not begin with the name of a login module')
  const flag = tokens.next()
  if (!flag?.word || !CONTROL_FLAG.test(flag.word)) {
    throw malformed('"required" does not follow the name of the login module')
  }
  return { loginModule, options: readOptions(tokens) }
}

function readOptions(tokens: JaasTokenizer): Map<string, string> {
  const options = new Map<string, string>()
  for (let key = tokens.next(); key?.sign !== ';'; key = tokens.next()) {
    if (!key) throw malformed('it does not end with a semicolon')
    const value = tokens.next()?.sign === '=' ? tokens.next() : undefined
    // Java takes a sign for a name too, and nobody asks for that option.
    if (value?.word === undefined || value.word === null) {
      throw malformed('a name is not followed by = and a value, which needs quotes unless it is all letters')
    }
    if (key.word !== null) options.set(key.word, value.word)
  }
  return options
}

function malformed(reason: string): UserError {
  return new UserError(
    `sasl.jaas.config cannot be read: ${reason}; it looks like: ` +
      'org.apache.kafka.common.security.scram.ScramLoginModule required username="name" password="secret";',
  )
}
