import { UserError } from '../errors.ts'

export interface JaasConfig {
  readonly loginModule: string
  readonly options: ReadonlyMap<string, string>
}

const TOKEN = /\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"=;]+)|([=;]))/gy

/**
 * Reads `sasl.jaas.config`: `package.LoginModule required key="value" …;`. Values may stand in double quotes, with
 * backslash escapes. Throws UserError; its message holds nothing of the text, which is a secret.
 */
export function parseJaas(text: string): JaasConfig {
  const tokens = tokenize(text)
  const [loginModule, flag] = tokens
  const end = tokens.pop()
  if (!loginModule || !flag || !/^(required|requisite|sufficient|optional)$/i.test(flag.text) || end?.text !== ';') throw malformed()
  const options = new Map<string, string>()
  for (let at = 2; at < tokens.length; at += 3) {
    const [key, equals, value] = tokens.slice(at, at + 3)
    if (!key || key.isSign || equals?.text !== '=' || !value || value.isSign) throw malformed()
    options.set(key.text, value.text)
  }
  return { loginModule: loginModule.text, options }
}

interface Token {
  readonly text: string
  readonly isSign: boolean
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  const trimmed = text.trim()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < trimmed.length) {
    const match = TOKEN.exec(trimmed)
    if (!match) throw malformed()
    const [, quoted, bare, sign] = match
    tokens.push({ text: quoted?.replace(/\\(.)/gs, '$1') ?? bare ?? sign!, isSign: sign !== undefined })
  }
  return tokens
}

function malformed(): UserError {
  return new UserError('sasl.jaas.config cannot be read; it looks like: '
    + 'org.apache.kafka.common.security.scram.ScramLoginModule required username="name" password="secret";')
}
