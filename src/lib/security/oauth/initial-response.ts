import { UserError } from '../../errors.ts'

const SEPARATOR = '\x01'
const EXTENSION_NAME = /^[A-Za-z]+$/
const EXTENSION_VALUE = /^[\x21-\x7e \t\r\n]+$/

/**
 * SASL extensions (KIP-342) from the JAAS options `extension_NAME` and `unsecuredLoginExtension_NAME`. Throws
 * UserError.
 */
export function readExtensions(options: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const extensions = new Map<string, string>()
  for (const [option, value] of options) {
    const [, name] = /^(?:unsecuredLoginE|e)xtension_(.*)$/s.exec(option) ?? []
    if (name === undefined) continue
    if (!EXTENSION_NAME.test(name) || name === 'auth' || !EXTENSION_VALUE.test(value))
      throw new UserError(`sasl.jaas.config: ${option} is not a SASL extension: letters, then visible characters`)
    extensions.set(name, value)
  }
  return extensions
}

/** What a client of OAUTHBEARER begins with (RFC 7628, 3.1). */
export const initialResponse = (token: string, extensions: ReadonlyMap<string, string>): Buffer =>
  Buffer.from(
    `n,,${SEPARATOR}auth=Bearer ${token}${[...extensions].map(([name, value]) => `${SEPARATOR}${name}=${value}`).join('')}${SEPARATOR}${SEPARATOR}`,
  )

/** What it answers to a server that has said what is wrong (RFC 7628, 3.2.3). */
export const RESIGNATION = Buffer.from(SEPARATOR)
