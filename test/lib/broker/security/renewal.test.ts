import { expect, test } from 'vitest'
import { rejectOtherIdentity, type RenewalRules } from '../../../../src/lib/broker/security/tls/renewal.ts'
import { makeAuthority, makeIdentity, type Identity } from '../../../../src/lib/security/certificates/certificate.ts'
import { toPem } from '../../../../src/lib/security/stores/pem.ts'

const validity = { nowMs: Date.now(), days: 10 }
const [authority, another] = [makeAuthority('one', validity), makeAuthority('another', validity)]
const pem = ({ certificate }: Identity): string => toPem(certificate, 'CERTIFICATE')
const certificate = (name: string, hosts: readonly string[], issuer = authority): string =>
  pem(makeIdentity(name, hosts, issuer, validity))

const STRICT: RenewalRules = { mayChangeName: false, mayChangeHosts: false, isAmongBrokers: false }
const HOSTS = ['localhost', '127.0.0.1']
const before = { cert: certificate('kts', HOSTS) }

test.each<[string, string, Partial<RenewalRules>, RegExp | null]>([
  ['the same name and hosts', certificate('kts', HOSTS), {}, null],
  ['another authority', certificate('kts', HOSTS, another), {}, null],
  ['letters of another case', certificate('KTS', HOSTS), {}, null],
  ['another name', certificate('other', HOSTS), {}, /for CN=other, that of before is for CN=kts; ssl.allow.dn.changes/],
  ['another name, allowed', certificate('other', HOSTS), { mayChangeName: true }, null],
  ['one host more', certificate('kts', [...HOSTS, 'example.org']), {}, null],
  ['one host less', certificate('kts', ['localhost']), {}, /lacks IP Address:127.0.0.1, .*ssl.allow.san.changes/],
  ['one host less, allowed', certificate('kts', ['localhost']), { mayChangeHosts: true }, null],
])('a certificate may be renewed by one with %s: %#', (_, cert, rules, message) => {
  const renew = (): void => rejectOtherIdentity(before, { cert }, { ...STRICT, ...rules })
  if (message) expect(renew).toThrow(message)
  else expect(renew).not.toThrow()
})

test.each<[string, object, object, RegExp | null]>([
  ['the same authority', { cert: certificate('kts', HOSTS), ca: [pem(authority)] }, {}, null],
  [
    'another that brokers do not know yet',
    { cert: certificate('kts', HOSTS, another), ca: [pem(authority), pem(another)] },
    {},
    /^ssl.keystore: other brokers would not trust the certificate/,
  ],
  [
    'another that brokers know',
    { cert: certificate('kts', HOSTS, another), ca: [pem(another), pem(authority)] },
    { ca: [pem(authority), pem(another)] },
    null,
  ],
  [
    'a trust store without that of before',
    { cert: certificate('kts', HOSTS), ca: [pem(another)] },
    {},
    /^ssl.truststore: the authority of the certificates that other brokers still have/,
  ],
])('among brokers: %s', (_, after, old, message) => {
  const renew = (isAmongBrokers: boolean): void =>
    rejectOtherIdentity({ ...before, ca: [pem(authority)], ...old }, after, { ...STRICT, isAmongBrokers })
  if (message) expect(() => renew(true)).toThrow(message)
  else expect(() => renew(true)).not.toThrow()
  expect(() => renew(false)).not.toThrow()
})

test('a trust store is not added to a listener that was started without one', () => {
  expect(() => rejectOtherIdentity(before, { ...before, ca: [pem(authority)] }, STRICT)).toThrow(/^ssl.truststore: /)
})
