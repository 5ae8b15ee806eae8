import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { staticJaasSettings } from '../../../../src/lib/broker/security/static-jaas.ts'
import { parseJaas } from '../../../../src/lib/security/jaas.ts'

const folder = mkdtempSync(join(tmpdir(), 'kts-jaas-'))
afterAll(() => rmSync(folder, { recursive: true }))
const path = join(folder, 'kafka_server_jaas.conf')
const OPTIONS = `-Xmx1g -Djava.security.auth.login.config=${path}`
const PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required'

test('a static JAAS file stands for the settings of its listeners', () => {
  writeFileSync(
    path,
    `KafkaServer {\n  ${PLAIN}\n  username="admin"\n  user_admin="a\\"; b";\n};\nother.KafkaServer { ${PLAIN} user_x="y"; };\nClient {};\n`,
  )
  const settings = staticJaasSettings(OPTIONS, ['SASL_SSL', 'OTHER'])
  const options = [...settings].map(([name, text]) => [name, Object.fromEntries(parseJaas(text).options)])
  expect(options).toEqual([
    ['listener.name.sasl_ssl.plain.sasl.jaas.config', { username: 'admin', user_admin: 'a"; b' }],
    ['listener.name.other.plain.sasl.jaas.config', { user_x: 'y' }],
  ])
})

test('without a file there is nothing', () => {
  expect(staticJaasSettings('-Xmx1g', ['A']).size).toBe(0)
})

test.each(['KafkaServer', `KafkaServer { ${PLAIN} user_a="secret" }`, 'KafkaServer { ; };'])(
  '%s is refused',
  (text) => {
    writeFileSync(path, text)
    expect(() => staticJaasSettings(OPTIONS, ['A'])).toThrow(/^KAFKA_OPTS: .* is not of the form/)
    expect(() => staticJaasSettings(OPTIONS, ['A'])).not.toThrow(/secret/)
  },
)
