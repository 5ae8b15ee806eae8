import type { Clock } from '../../../clock.ts'
import { UserError } from '../../../errors.ts'
import { parseJaas } from '../../../security/jaas.ts'
import { SCRAM_NAMES, type ScramName } from '../../../security/sasl/scram.ts'
import { SCRAM_MECHANISMS } from '../../../protocol/apis/describe-user-scram-credentials.ts'
import type { ScramCredentials } from '../../state/cluster/scram-credentials.ts'
import type { BrokerConfig } from '../../state/configs/broker-config.ts'
import { oauthbearer } from './oauthbearer.ts'
import { PlainServer } from './plain.ts'
import type { SaslMechanism } from './sasl-server.ts'
import { ScramServer } from './scram.ts'

/** A mechanism, over the passwords that the metadata holds. */
export type MechanismFactory = (credentials: ScramCredentials) => SaslMechanism

const USER_PREFIX = 'user_'
const KNOWN = ['PLAIN', ...SCRAM_NAMES, 'OAUTHBEARER']

/** The mechanisms of one listener, `config` being its settings. Throws UserError for what it cannot offer. */
export function readMechanisms(
  config: BrokerConfig,
  clock: Clock,
  listener: string,
): ReadonlyMap<string, MechanismFactory> {
  const names = config.list('sasl.enabled.mechanisms')
  if (names.length === 0) throw new UserError(`sasl.enabled.mechanisms is empty; it may have ${KNOWN.join(', ')}`)
  return new Map(names.map((name) => [name, readMechanism(name, config.forMechanism(name), clock, listener)]))
}

function readMechanism(name: string, config: BrokerConfig, clock: Clock, listener: string): MechanismFactory {
  const maxReauthMs = config.number('connections.max.reauth.ms')
  if (name === 'PLAIN') {
    rejectHandler(config)
    const passwords = readPasswords(config, listener)
    return () => ({ maxReauthMs, begin: () => new PlainServer((user) => passwords.get(user)) })
  }
  const scram = SCRAM_NAMES.find((each) => each === name)
  if (scram) {
    rejectHandler(config)
    return (credentials) => ({ maxReauthMs, begin: () => scramServer(scram, credentials) })
  }
  if (name === 'OAUTHBEARER') {
    const begin = oauthbearer(config, clock)
    return () => ({ maxReauthMs, begin })
  }
  const why =
    name === 'GSSAPI' ? 'GSSAPI (Kerberos), which is its default, is not supported here' : `${name} is not known`
  throw new UserError(`sasl.enabled.mechanisms: ${why}; it may have ${KNOWN.join(', ')}`)
}

const scramServer = (name: ScramName, credentials: ScramCredentials): ScramServer =>
  new ScramServer(name, (user) => credentials.of(user).get(SCRAM_MECHANISMS[name]))

/** A class that checks passwords in its own way is Java's. */
function rejectHandler(config: BrokerConfig): void {
  const handler = config.string('sasl.server.callback.handler.class')
  if (handler !== null) throw new UserError(`sasl.server.callback.handler.class: this broker loads no class ${handler}`)
}

/** The `user_NAME="password"` of the login module. */
function readPasswords(config: BrokerConfig, listener: string): ReadonlyMap<string, string> {
  const text = config.string('sasl.jaas.config')
  const setting = `listener.name.${listener.toLowerCase()}.plain.sasl.jaas.config`
  if (text === null) {
    throw new UserError(
      `${setting} is not set: it holds the users of PLAIN, as in ` +
        'org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="secret";',
    )
  }
  const { loginModule, options } = parseJaas(text)
  if (!loginModule.endsWith('.PlainLoginModule'))
    throw new UserError(`${setting} names ${loginModule}, and not PlainLoginModule`)
  const users = [...options].filter(([name]) => name.startsWith(USER_PREFIX))
  return new Map(users.map(([name, password]) => [name.slice(USER_PREFIX.length), password]))
}
