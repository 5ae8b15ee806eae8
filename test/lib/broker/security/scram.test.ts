import { describe, expect, test } from 'vitest'
import { ScramServer } from '../../../../src/lib/broker/security/sasl/scram.ts'
import { ScramClient } from '../../../../src/lib/security/sasl/scram-client.ts'
import { digest, hmac, saltPassword, SCRAM_NAMES, type ScramName } from '../../../../src/lib/security/sasl/scram.ts'

const SALT = Buffer.from('salt of a test')

function credential(mechanism: ScramName, password: string) {
  const salted = saltPassword(mechanism, password, SALT, 4096)
  const storedKey = digest(mechanism, hmac(mechanism, salted, 'Client Key'))
  return { iterations: 4096, salt: SALT, storedKey, serverKey: hmac(mechanism, salted, 'Server Key') }
}

/** Both halves talk to each other until one has nothing more to say. */
function talk(server: ScramServer, client: ScramClient): void {
  let challenge: Buffer = Buffer.alloc(0)
  for (let token = client.respond(challenge); token; token = client.respond(challenge))
    challenge = server.evaluate(token)
}

describe.each(SCRAM_NAMES)('%s', (mechanism) => {
  const users = new Map([['a=b,c', credential(mechanism, 'right')]])
  const server = (): ScramServer => new ScramServer(mechanism, (user) => users.get(user))

  test('lets in who has the password', () => {
    const own = server()
    talk(own, new ScramClient(mechanism, 'a=b,c', 'right'))
    expect([own.isComplete, own.userName]).toEqual([true, 'a=b,c'])
  })

  test('refuses a wrong password and an unknown user', () => {
    expect(() => talk(server(), new ScramClient(mechanism, 'a=b,c', 'wrong'))).toThrow(
      /^wrong password of user "a=b,c"$/,
    )
    expect(() => talk(server(), new ScramClient(mechanism, 'x', 'right'))).toThrow(/^there is no user "x"/)
  })

  test('refuses the nonce of librdkafka before 2.6.1, as Kafka does since 4.0', () => {
    const own = server()
    const first = String(own.evaluate(Buffer.from('n,,n=a=3Db=2Cc,r=abc')))
    const [, nonce] = /^r=([^,]+)/.exec(first)!
    expect(() => own.evaluate(Buffer.from(`c=biws,r=abc${nonce},p=AAAA`))).toThrow(/librdkafka before 2\.6\.1/)
  })

  test('a client refuses a server that does not know the keys', () => {
    const impostor = new Map([['a=b,c', { ...users.get('a=b,c')!, serverKey: Buffer.alloc(32) }]])
    const false_ = new ScramServer(mechanism, (user) => impostor.get(user))
    expect(() => talk(false_, new ScramClient(mechanism, 'a=b,c', 'right'))).toThrow(/does not prove/)
  })

  test.each(['', 'n,,', 'y,,n=a,r=b', 'n,,n=a', 'n,,n=a=b,r=c', 'n,,n=a,r=b,tokenauth=true', 'x'.repeat(20_000)])(
    'refuses %.30s as a first message',
    (text) => {
      expect(() => server().evaluate(Buffer.from(text))).toThrow(expect.objectContaining({ answer: null }))
    },
  )
})
