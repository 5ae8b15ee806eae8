import { SaslAuthenticate } from '../../protocol/apis/sasl-authenticate.ts'
import { SaslHandshake } from '../../protocol/apis/sasl-handshake.ts'
import { ERRORS } from '../../protocol/errors.ts'
import { handle } from '../handle.ts'

/** Over PLAINTEXT nobody has to show who he is: as in Kafka a client that tries hears that it is done (KafkaApis). */
const errorCode = ERRORS.ILLEGAL_SASL_STATE

export const saslHandshake = handle(SaslHandshake, 'none', () => ({ errorCode }))

export const saslAuthenticate = handle(SaslAuthenticate, 'none', () => ({
  errorCode,
  errorMessage: 'SaslAuthenticate request received after successful authentication',
}))
