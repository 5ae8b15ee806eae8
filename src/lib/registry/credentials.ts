import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { RegistryError } from './errors.ts'

/** Who may ask, by HTTP basic authentication. */
export class Credentials {
  private readonly passwords: ReadonlyMap<string, Buffer>

  /** Passwords by name. */
  constructor(users: ReadonlyMap<string, string>) {
    this.passwords = new Map([...users].map(([name, password]) => [name, digest(password)]))
  }

  /** Throws RegistryError 401. */
  check({ headers: { authorization = '' } }: IncomingMessage): void {
    const [, encoded] = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(authorization) ?? []
    const given = Buffer.from(encoded ?? '', 'base64').toString()
    const colon = given.indexOf(':')
    const known = this.passwords.get(given.slice(0, Math.max(colon, 0)))
    if (!known || !timingSafeEqual(known, digest(given.slice(colon + 1))))
      throw new RegistryError(401, 401, 'Unauthorized')
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
