import { UserError } from '../../../errors.ts'
import type { BrokerConfig } from '../configs/broker-config.ts'

/** Kafka's own authorizer, which keeps ACLs with the metadata. */
const STANDARD = 'org.apache.kafka.metadata.authorizer.StandardAuthorizer'

/** Whether there is an authorizer: only then are ACLs kept. */
export const hasAuthorizer = (config: BrokerConfig): boolean => config.string('authorizer.class.name') !== ''

/** Throws UserError for an authorizer that is a Java class of somebody else. */
export function checkAuthorizer(config: BrokerConfig): void {
  const name = config.string('authorizer.class.name')
  if (name !== '' && name !== STANDARD)
    throw new UserError(`authorizer.class.name=${name}: this broker knows only ${STANDARD}`)
}

/** What whoever starts a broker with an authorizer must know; null where there is none. */
export function authorizerWarning(config: BrokerConfig): string | null {
  return hasAuthorizer(config)
    ? 'authorizer.class.name is set: ACLs are kept and shown, but nobody is refused anything by them'
    : null
}
