import { timingSafeEqual } from 'node:crypto'
import {
  digest,
  fromSaslName,
  hmac,
  MIN_ITERATIONS,
  newNonce,
  xor,
  type ScramName,
} from '../../../security/sasl/scram.ts'
import type { ScramCredential } from '../../state/cluster/scram-credentials.ts'
import { AuthenticationError, type SaslServer } from './sasl-server.ts'

/** ScramMessages: what a message of the client looks like. */
const SASLNAME = '(?:[\\x01-\\x2b\\x2d-\\x3c\\x3e-\\x7f]|=2C|=3D)+'
const VALUE = '[\\x01-\\x2b\\x2d-\\x7f]+'
const NONCE = '[\\x21-\\x2b\\x2d-\\x7e]+'
const BASE64 = '(?:[a-zA-Z0-9/+]{4})*(?:[a-zA-Z0-9/+]{3}=|[a-zA-Z0-9/+]{2}==)?'
const EXTENSIONS = `(?:,[A-Za-z]+=${VALUE})*`
const CLIENT_FIRST = new RegExp(
  `^n,(?:a=(?<authzid>${SASLNAME}))?,` +
    `(?<bare>(?:m=${VALUE},)?n=(?<saslname>${SASLNAME}),r=(?<nonce>${NONCE})(?<extensions>${EXTENSIONS}))$`,
)
const CLIENT_FINAL = new RegExp(`^(?<bare>c=${BASE64},r=(?<nonce>${NONCE})${EXTENSIONS}),p=(?<proof>${BASE64})$`)
/** Names and nonces are short; longer ones are nobody's. */
const MOST_BYTES = 16 * 1024

interface FirstMessages {
  readonly user: string
  readonly credential: ScramCredential
  readonly clientFirstBare: string
  readonly serverFirst: string
  readonly nonce: string
}

/** RFC 5802 and 7677 as ScramSaslServer has them: the client proves to know the password, and the server the keys. */
export class ScramServer implements SaslServer {
  isComplete = false
  userName = ''
  readonly expiresAtMs = null
  private first: FirstMessages | null = null

  constructor(
    private readonly mechanism: ScramName,
    private readonly credentialOf: (user: string) => ScramCredential | undefined,
  ) {}

  evaluate(response: Buffer): Buffer {
    const text = response.length > MOST_BYTES ? '' : response.toString()
    return Buffer.from(this.first ? this.finish(text, this.first) : this.begin(text))
  }

  private begin(text: string): string {
    const { authzid = '', bare, saslname, nonce: clientNonce, extensions } = CLIENT_FIRST.exec(text)?.groups ?? {}
    if (saslname === undefined) throw new AuthenticationError('the first message is not one of SCRAM')
    const user = fromSaslName(saslname)
    const name = JSON.stringify(user)
    if (/,tokenauth=true(,|$)/i.test(extensions!))
      throw new AuthenticationError(`there is no delegation token ${name}: this broker gives none out`)
    const credential = this.credentialOf(user)
    if (!credential) throw new AuthenticationError(`there is no user ${name} with a password for ${this.mechanism}`)
    if (authzid !== '' && fromSaslName(authzid) !== user) {
      const reason = 'Authentication failed: Client requested an authorization id that is different from username'
      throw new AuthenticationError(reason, reason)
    }
    const { salt, iterations } = credential
    if (iterations < MIN_ITERATIONS)
      throw new AuthenticationError(`the password of user ${name} has ${iterations} iterations, fewer than allowed`)
    const nonce = clientNonce! + newNonce()
    const serverFirst = `r=${nonce},s=${salt.toString('base64')},i=${iterations}`
    this.first = { user, credential, clientFirstBare: bare!, serverFirst, nonce }
    return serverFirst
  }

  private finish(text: string, { user, credential, clientFirstBare, serverFirst, nonce }: FirstMessages): string {
    const { mechanism } = this
    const { bare, nonce: given, proof } = CLIENT_FINAL.exec(text)?.groups ?? {}
    if (proof === undefined) throw new AuthenticationError('the final message is not one of SCRAM')
    if (given !== nonce) throw new AuthenticationError(nonceFault(given!, nonce))
    const messages = `${clientFirstBare},${serverFirst},${bare}`
    const signature = hmac(mechanism, credential.storedKey, messages)
    const proofBytes = Buffer.from(proof, 'base64')
    const isRight =
      proofBytes.length === signature.length &&
      timingSafeEqual(digest(mechanism, xor(proofBytes, signature)), credential.storedKey)
    if (!isRight) throw new AuthenticationError(`wrong password of user ${JSON.stringify(user)}`)
    this.userName = user
    this.isComplete = true
    return `v=${hmac(mechanism, credential.serverKey, messages).toString('base64')}`
  }
}

/** librdkafka before 2.6.1 puts its own nonce in front once more, which no Kafka since 4.0 takes (CVE-2024-56128). */
const nonceFault = (given: string, nonce: string): string =>
  given.endsWith(nonce)
    ? 'the nonce of the final message is not the one it was given (librdkafka before 2.6.1 cannot log in to Kafka 4)'
    : 'the nonce of the final message is another'
