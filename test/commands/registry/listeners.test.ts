import { readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import { text } from 'node:stream/consumers'
import type { IncomingMessage } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readServerProperties } from '../../../src/commands/registry/server-properties.ts'
import { TestRegistry } from '../../lib/registry/support.ts'
import { temporaryFolder } from '../../support/kts.ts'

const pem = (name: string): string =>
  readFileSync(fileURLToPath(new URL(`../../support/tls/${name}`, import.meta.url)), 'utf8')

let folder: ReturnType<typeof temporaryFolder>
let registry: TestRegistry | undefined

beforeEach(() => void (folder = temporaryFolder()))
afterEach(async () => {
  await registry?.close()
  folder.remove()
})

/** A registry that listens as a properties file says. */
async function startWith(more: Readonly<Record<string, string>>): Promise<number> {
  const keyStore = join(folder.path, 'key-store.pem')
  writeFileSync(keyStore, pem('localhost.key') + pem('localhost.crt'))
  const given = {
    listeners: 'https://localhost:0',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keyStore,
    ...more,
  }
  const { listeners } = await readServerProperties(new Map(Object.entries(given)), Date.now())
  registry = await TestRegistry.start({ listeners: listeners! })
  return registry.registry.port
}

async function ask(port: number, options: object = {}): Promise<string> {
  const request = get({
    host: 'localhost',
    port,
    path: '/subjects',
    ca: pem('localhost.crt'),
    agent: false,
    ...options,
  })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return text(response)
}

describe('an https listener', () => {
  it('shows its certificate, to those alone that trust it', async () => {
    const port = await startWith({})
    expect(await ask(port)).toBe('[]')
    await expect(ask(port, { ca: pem('elsewhere.crt') })).rejects.toThrow(/self-signed|unable to verify/)
  })

  it('lets in whom its trust store knows, where it asks for certificates', async () => {
    const trusted = join(folder.path, 'trusted.pem')
    writeFileSync(trusted, pem('elsewhere.crt'))
    const port = await startWith({
      'ssl.client.authentication': 'REQUIRED',
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': trusted,
    })
    await expect(ask(port)).rejects.toThrow()
    expect(await ask(port, { cert: pem('elsewhere.crt'), key: pem('elsewhere.key') })).toBe('[]')
  })
})
