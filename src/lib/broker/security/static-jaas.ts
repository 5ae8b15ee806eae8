import { UserError } from '../../errors.ts'
import { readText } from '../../files.ts'
import { JaasTokenizer } from '../../security/jaas-tokens.ts'

/** The mechanisms that a login module of Kafka's is for. */
const MECHANISMS: Readonly<Record<string, readonly string[]>> = {
  PlainLoginModule: ['plain'],
  ScramLoginModule: ['scram-sha-256', 'scram-sha-512'],
  OAuthBearerLoginModule: ['oauthbearer'],
}
const CONTEXT = 'KafkaServer'

/**
 * What a static JAAS file says to a broker, as the settings that mean the same: its KafkaServer, for one listener
 * `name.KafkaServer`, to each of the listeners (JaasContext). `javaOptions` are those of KAFKA_OPTS, which name the
 * file; without one there is nothing. Throws UserError for a file that cannot be read.
 */
export function staticJaasSettings(javaOptions: string, listeners: readonly string[]): ReadonlyMap<string, string> {
  const path = /-Djava\.security\.auth\.login\.config=(?:"([^"]+)"|(\S+))/.exec(javaOptions)?.slice(1).find(Boolean)
  if (path === undefined) return new Map()
  const contexts = parseFile(path)
  return new Map(
    listeners
      .map((name) => name.toLowerCase())
      .flatMap((name) =>
        (contexts.get(`${name}.${CONTEXT}`) ?? contexts.get(CONTEXT) ?? []).flatMap(({ module, text }) =>
          (MECHANISMS[module] ?? []).map((mechanism) => [`listener.name.${name}.${mechanism}.sasl.jaas.config`, text]),
        ),
      ) as [string, string][],
  )
}

interface Entry {
  /** Without its package. */
  readonly module: string
  /** As `sasl.jaas.config` has it. */
  readonly text: string
}

/** `Name { package.Module required key="value" …; };`, several of them. */
function parseFile(path: string): ReadonlyMap<string, readonly Entry[]> {
  const tokens = new JaasTokenizer(readText(path, { before: 'KAFKA_OPTS: ' }))
  const contexts = new Map<string, Entry[]>()
  for (let name = tokens.next(); name; name = tokens.next()) {
    if (!name.word || tokens.next()?.sign !== '{') throw malformed(path)
    contexts.set(name.word, parseEntries(tokens, path))
  }
  return contexts
}

function parseEntries(tokens: JaasTokenizer, path: string): Entry[] {
  const entries: Entry[] = []
  for (let token = tokens.next(); token?.sign !== '}'; token = tokens.next()) {
    if (!token?.word) throw malformed(path)
    const words: string[] = [token.word]
    for (let next = tokens.next(); next?.sign !== ';'; next = tokens.next()) {
      if (!next) throw malformed(path)
      words.push(next.sign ?? quote(next.word!))
    }
    const text = words.map((word, index) => (index === 1 ? word.slice(1, -1) : word)).join(' ')
    entries.push({ module: token.word.slice(token.word.lastIndexOf('.') + 1), text: `${text};` })
  }
  if (tokens.next()?.sign !== ';') throw malformed(path)
  return entries
}

/** Every word but the module and its flag, which have no quotes; option names are words between quotes as well. */
const quote = (word: string): string => `"${word.replace(/["\\]/g, '\\$&')}"`

/** Its message holds nothing of the file, which has secrets. */
const malformed = (path: string): UserError =>
  new UserError(`KAFKA_OPTS: ${path} is not of the form KafkaServer { package.LoginModule required key="value"; };`)
