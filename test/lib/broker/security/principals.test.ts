import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { subjectOf } from '../../../../src/lib/broker/security/tls/distinguished-name.ts'
import { parsePrincipalMapping } from '../../../../src/lib/broker/security/tls/principal-mapping.ts'

test('the subject of a certificate', () => {
  const file = fileURLToPath(new URL('../../../support/stores/client.crt', import.meta.url))
  expect(subjectOf(new X509Certificate(readFileSync(file)))).toBe('CN=client')
})

describe('ssl.principal.mapping.rules', () => {
  /** The first six are those of Kafka's own SslPrincipalMapperTest. */
  test.each([
    ['RULE:^CN=(.*?),OU=ServiceUsers.*$/$1/L,DEFAULT', 'CN=Duke,OU=ServiceUsers,O=Org', 'duke'],
    ['RULE:^CN=(.*?),OU=(.*?),O=(.*?)$/$1@$2/L,DEFAULT', 'CN=Duke,OU=SME,O=mycp', 'duke@sme'],
    ['RULE:^cn=(.*?),ou=(.*?)$/$1@$2/U', 'cn=duke,ou=sme', 'DUKE@SME'],
    ['RULE:^.*[Cc][Nn]=([a-zA-Z0-9.]*).*$/$1/U', 'O=x,CN=JavaDuke', 'JAVADUKE'],
    ['DEFAULT', 'CN=any,O=thing', 'CN=any,O=thing'],
    ['RULE:^CN=(.*)$/$1@$2/', 'CN=duke', 'duke@$2'],
    ['RULE:^CN=(\\w+)\\/.*$/$1/', 'CN=a/b', 'a'],
    ['RULE:^CN=x$/x/ , DEFAULT', 'CN=y', 'CN=y'],
    ['RULE:CN=(.*)/$1/', 'O=nobody', null],
  ])('%s makes of %s %s', (rules, subject, name) => {
    expect(parsePrincipalMapping(rules)(subject)).toBe(name)
  })

  test.each(['foo', 'RULE:CN=(.*)/$1', 'RULE:CN=(/$1/', 'DEFAULT,x'])('%s is refused', (rules) => {
    expect(() => parsePrincipalMapping(rules)).toThrow(/^ssl\.principal\.mapping\.rules: /)
  })
})
