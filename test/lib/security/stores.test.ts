import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { readProperties } from '../../../src/lib/client/properties.ts'
import { UserError } from '../../../src/lib/errors.ts'

const stored = (name: string): string => fileURLToPath(new URL(`../../support/stores/${name}`, import.meta.url))
const text = (name: string): string => readFileSync(stored(name), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'kts-stores-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A file of the test's own. */
function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content)
  return join(folder, name)
}

const NOW = Date.parse('2030-01-01T00:00:00Z')

async function tls(properties: Record<string, string>, nowMs = NOW) {
  const given = { 'security.protocol': 'SSL', ...properties }
  return (
    await readProperties({ bootstrapServers: [], clientId: 'kts/1', properties: new Map(Object.entries(given)) }, nowMs)
  ).connection.ssl!
}

const keyStore = (location: string, password?: string, keyPassword?: string) =>
  tls({
    'ssl.keystore.location': location,
    ...(password !== undefined && { 'ssl.keystore.password': password }),
    ...(keyPassword !== undefined && { 'ssl.key.password': keyPassword }),
  })
const trustStore = (location: string, password?: string) =>
  tls({ 'ssl.truststore.location': location, ...(password !== undefined && { 'ssl.truststore.password': password }) })

const subjects = (pem: unknown): (string | undefined)[] =>
  [pem]
    .flat()
    .join('')
    .split(/(?=-----BEGIN)/)
    .map((one) => new X509Certificate(one).subject)
const clientKey = createPrivateKey(text('client.key')).export({ type: 'pkcs8', format: 'pem' })

async function refusal(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(UserError)
  return (error as Error).message
}

describe('a key store', () => {
  it.each(['aes.p12', 'legacy.p12', 'rc2.p12', 'md5.p12', 'plain.p12', 'keytool.p12', 'keytool.jks'])(
    '%s gives its key and chain',
    async (name) => {
      const { key, cert } = await keyStore(stored(name), 'changeit')
      expect(key).toBe(clientKey)
      expect(subjects(cert)).toEqual(['CN=client', 'CN=issuer'])
    },
  )

  it('whose key has a password of its own takes it', async () => {
    expect((await keyStore(stored('keypass.jks'), 'changeit', 'keypass')).key).toBe(clientKey)
    expect(await refusal(keyStore(stored('keypass.jks'), 'changeit', 'wrong'))).toBe(
      `ssl.key.password does not open the key in ${stored('keypass.jks')}`,
    )
    expect(await refusal(keyStore(stored('keypass.jks'), 'changeit'))).toBe(
      `ssl.key.password is missing: ssl.keystore.password does not open the key in ${stored('keypass.jks')}`,
    )
  })

  it.each(['aes.p12', 'legacy.p12', 'rc2.p12', 'md5.p12', 'keytool.p12', 'keytool.jks'])(
    '%s is not opened by another password, or none',
    async (name) => {
      expect(await refusal(keyStore(stored(name), 'wrong'))).toBe(`ssl.keystore.password does not open ${stored(name)}`)
      expect(await refusal(keyStore(stored(name)))).toMatch(/^ssl\.key(store)?\.password is missing: .* is encrypted$/)
    },
  )

  it.each(['aes.key', 'des3.key', 'scrypt.key', 'rc2.key', 'md5.key', 'old.key'])(
    'in PEM has its key encrypted: %s',
    async (name) => {
      const store = file(`${name}.pem`, `${text('chain.crt')}${text(name)}`)
      expect((await keyStore(store, undefined, 'keypass')).key).toBe(clientKey)
      expect(await refusal(keyStore(store, undefined, 'wrong'))).toBe(
        `ssl.key.password does not open the key in ${store}`,
      )
      expect(await refusal(keyStore(store))).toBe(`ssl.key.password is missing: the key in ${store} is encrypted`)
    },
  )

  it.each([
    ['absent.p12', undefined, 'cannot be read: there is no such file'],
    ['', '', 'is empty'],
    ['garbage', 'no store', 'is not a store that kts can read'],
    ['cut.p12', readFileSync(stored('aes.p12')).subarray(0, 500), 'is damaged'],
    ['cut.jks', readFileSync(stored('keytool.jks')).subarray(0, 500), 'does not open'],
    ['nokey.pem', text('client.crt'), 'holds no private key'],
    ['nocert.pem', text('client.key'), 'holds no certificate'],
    ['two.pem', text('chain.crt') + text('client.key') + text('other.key'), 'holds 2 private keys'],
    ['wrong.pem', text('chain.crt') + text('other.key'), 'no certificate in it belongs to its private key'],
    ['bad.pem', text('client.key') + text('client.crt').replace('M', '%'), 'is damaged'],
    ['cut.pem', text('client.key') + text('client.crt').replace(/^(.{100}).{20}/s, '$1'), 'is damaged'],
    ['trust.jks', readFileSync(stored('trust.jks')), 'holds no private key'],
  ])('that cannot be used is named: %s', async (name, content, reason) => {
    const path = content === undefined ? join(folder, name) : file(name || 'nothing', content)
    const message = await refusal(keyStore(path, 'changeit'))
    expect(message).toContain(path)
    expect(message).toContain('ssl.keystore.')
    expect(message).toContain(reason)
  })

  it('that is a folder is named', async () => {
    expect(await refusal(keyStore(folder, 'x'))).toBe(`ssl.keystore.location: ${folder} cannot be read: it is a folder`)
  })

  it('of JCEKS says how to convert it', async () => {
    expect(await refusal(keyStore(stored('keytool.jceks'), 'changeit'))).toContain(
      `keytool -importkeystore -srckeystore ${stored('keytool.jceks')}`,
    )
  })

  it('with a certificate that is not valid now is refused', async () => {
    const properties = { 'ssl.keystore.location': stored('aes.p12'), 'ssl.keystore.password': 'changeit' }
    expect(await refusal(tls(properties, Date.parse('2200-01-01')))).toContain('its certificate has expired, on ')
    expect(await refusal(tls(properties, Date.parse('2000-01-01')))).toContain('its certificate is not valid before ')
  })

  it('in the properties themselves is tried as well', async () => {
    const inline = {
      'ssl.keystore.key': text('aes.key'),
      'ssl.keystore.certificate.chain': text('chain.crt'),
      'ssl.key.password': 'keypass',
    }
    expect(subjects((await tls(inline)).cert)).toEqual(['CN=client', 'CN=issuer'])
    expect(await refusal(tls({ ...inline, 'ssl.key.password': 'wrong' }))).toBe(
      'ssl.key.password does not open the key in ssl.keystore.key',
    )
    expect(await refusal(tls({ ...inline, 'ssl.keystore.key': text('other.key') }))).toBe(
      'ssl.keystore.certificate.chain cannot be used: no certificate in it belongs to ssl.keystore.key',
    )
    expect(await refusal(tls({ ...inline, 'ssl.keystore.key': 'nothing' }))).toBe(
      'ssl.keystore.key holds no private key',
    )
    expect(await refusal(tls({ ...inline, 'ssl.keystore.certificate.chain': '' }))).toBe(
      'ssl.keystore.certificate.chain holds no certificate',
    )
    expect(await refusal(tls({ ...inline, 'ssl.keystore.location': 'x' }))).toContain('contradict')
    expect(await refusal(tls({ 'ssl.keystore.key': text('client.key') }))).toContain('one of them is missing')
  })

  it('that is not named makes its password an error', async () => {
    expect(await refusal(tls({ 'ssl.keystore.password': 'x' }))).toContain('ssl.keystore.location is not')
    expect(await refusal(tls({ 'ssl.key.password': 'x' }))).toContain('ssl.keystore.location is not')
    expect(await refusal(tls({ 'ssl.truststore.password': 'x' }))).toContain('ssl.truststore.location is not')
  })
})

describe('a trust store', () => {
  it.each([
    ['trust.p12', 'changeit', ['CN=root']],
    ['trust.jks', 'changeit', ['CN=root']],
    ['trust.jks', undefined, ['CN=root']],
    ['open.p12', undefined, ['CN=root']],
    ['unmarked.p12', 'changeit', ['CN=root']],
    ['keytool.jks', 'changeit', ['CN=client']],
    ['keytool.jceks', undefined, ['CN=client']],
    ['aes.p12', 'changeit', ['CN=client']],
    ['chain.crt', undefined, ['CN=client', 'CN=issuer']],
  ])('%s gives what Java would trust', async (name, password, wanted) => {
    expect(subjects((await trustStore(stored(name), password)).ca)).toEqual(wanted)
  })

  it('in DER is one certificate', async () => {
    expect(subjects((await trustStore(file('root.der', new X509Certificate(text('root.crt')).raw))).ca)).toEqual([
      'CN=root',
    ])
  })

  it.each([
    ['trust.p12', 'wrong', 'ssl.truststore.password does not open '],
    ['trust.jks', 'wrong', 'ssl.truststore.password does not open '],
    ['trust.p12', undefined, 'ssl.truststore.password is missing: '],
    ['empty.jks', 'changeit', 'holds no certificate to trust'],
    ['root.key', undefined, 'holds no certificate to trust'],
  ])('%s with the password %s is refused', async (name, password, reason) => {
    const message = await refusal(trustStore(stored(name), password))
    expect(message).toContain(reason)
    expect(message).toContain(stored(name))
  })

  it('whose certificates have all expired is refused', async () => {
    expect(await refusal(tls({ 'ssl.truststore.location': stored('trust.jks') }, Date.parse('2200-01-01')))).toContain(
      'its certificate has expired, on',
    )
  })

  const body = text('root.crt')
  it.each([
    ['as it is', body],
    ['joined by blanks', body.replaceAll('\n', ' ')],
    ['with what continuation lines leave', body.replaceAll('\n', ' \\ ')],
    ['with backslashes at line ends', body.replaceAll('\n', '\\\n')],
    ['with escapes that nobody has read', body.trim().replaceAll('\n', '\\n')],
    ['without any line end', body.replaceAll('\n', '')],
    ['with carriage returns', body.replaceAll('\n', '\r\n')],
    ['indented', body.replace(/^/gm, '    ')],
    ['with a mark in front', `\ufeff${body}`],
    ['with text around', `Bag Attributes\n  name: root\n${body}\nand so on`],
    ['joined, with text around', `subject=CN = root ${body.replaceAll('\n', ' ')} # end`],
    ['under another label', body.replaceAll('CERTIFICATE', 'TRUSTED CERTIFICATE')],
  ])('in PEM is taken %s', async (_, pem) => {
    expect(subjects((await tls({ 'ssl.truststore.certificates': pem })).ca)).toEqual(['CN=root'])
    expect(subjects((await trustStore(file('some.pem', pem))).ca)).toEqual(['CN=root'])
  })

  it('in PEM holds any number of certificates, joined by blanks too', async () => {
    const pem = (text('root.crt') + text('chain.crt')).replaceAll('\n', ' ')
    expect(subjects((await tls({ 'ssl.truststore.certificates': pem })).ca)).toEqual([
      'CN=root',
      'CN=client',
      'CN=issuer',
    ])
  })

  it.each(['', 'CA', 'MIIB', '-----BEGIN CERTIFICATE-----', body.replace(/-----END.*/s, ''), text('root.key')])(
    'in the properties that holds nothing is refused: %j',
    async (pem) => {
      expect(await refusal(tls({ 'ssl.truststore.certificates': pem }))).toBe(
        'ssl.truststore.certificates holds no certificate to trust',
      )
    },
  )

  it('in PEM with a damaged certificate is refused whole', async () => {
    expect(await refusal(tls({ 'ssl.truststore.certificates': text('chain.crt').replace('MII', 'MIJ') }))).toMatch(
      /^ssl\.truststore\.certificates is damaged/,
    )
  })

  it('contradicts another one', async () => {
    expect(await refusal(tls({ 'ssl.truststore.certificates': body, 'ssl.truststore.location': 'x' }))).toContain(
      'contradict',
    )
  })
})

it('reads the old keys of OpenSSL joined by blanks', async () => {
  for (const [name, password] of [
    ['old.key', 'keypass'],
    ['sec1.key', undefined],
  ] as const) {
    const { key } = await tls({
      'ssl.keystore.key': text(name).replaceAll('\n', ' '),
      'ssl.keystore.certificate.chain': text('chain.crt').replaceAll('\n', ' '),
      ...(password && { 'ssl.key.password': password }),
    })
    expect(key).toBe(clientKey)
  }
})

/** The same numbers each time. */
function random(seed: number): () => number {
  let state = seed
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
}

it.each([
  'aes.p12',
  'legacy.p12',
  'plain.p12',
  'keytool.p12',
  'keytool.jks',
  'trust.p12',
  'trust.jks',
  'aes.key',
  'scrypt.key',
])('a damaged %s is refused, or read as far as it is whole', async (name) => {
  const next = random(7)
  const whole = name.endsWith('.key') ? Buffer.from(text('chain.crt') + text(name)) : readFileSync(stored(name))
  for (let trial = 0; trial < Number(process.env.TRIALS ?? 15); trial++) {
    const bytes = Buffer.from(whole)
    for (let flips = 1 + Math.floor(next() * 3); flips > 0; flips--)
      bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256)
    const path = file('damaged', next() < 0.2 ? bytes.subarray(0, Math.floor(next() * bytes.length)) : bytes)
    for (const reading of [
      keyStore(path, 'changeit', name.endsWith('.key') ? 'keypass' : undefined),
      trustStore(path, name === 'trust.jks' ? undefined : 'changeit'),
    ]) {
      await reading.catch((error: unknown) => expect(error).toBeInstanceOf(UserError))
    }
  }
})
