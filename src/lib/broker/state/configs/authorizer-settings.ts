import { UserError } from '../../../errors.ts'

/** Kafka's own authorizer, which keeps ACLs with the metadata, and the name that it had in the days of ZooKeeper. */
const CLASSES = ['org.apache.kafka.metadata.authorizer.StandardAuthorizer', 'kafka.security.authorizer.AclAuthorizer']

/** Settings of the authorizer, which stand in the file of the broker (StandardAuthorizer.configure). */
export interface AuthorizerSettings {
  /** Principals who may do everything. */
  readonly superUsers: ReadonlySet<string>
  /** `allow.everyone.if.no.acl.found`: what no ACL speaks of is allowed. */
  readonly allowsEveryoneIfNoAcl: boolean
}

/** Names of these settings: Kafka's brokers do not declare them, since they are the authorizer's. */
export const AUTHORIZER_SETTINGS: ReadonlySet<string> = new Set(['super.users', 'allow.everyone.if.no.acl.found'])

/** Null without `authorizer.class.name`. Throws UserError for a class that is not Kafka's own, and a bad principal. */
export function readAuthorizerSettings(
  className: string,
  properties: ReadonlyMap<string, string>,
): AuthorizerSettings | null {
  if (className === '') return null
  if (!CLASSES.includes(className))
    throw new UserError(
      `authorizer.class.name=${className}: this broker has no Java classes, and knows only ${CLASSES[0]}`,
    )
  return {
    superUsers: new Set(principalsIn(properties.get('super.users') ?? '')),
    allowsEveryoneIfNoAcl: properties.get('allow.everyone.if.no.acl.found')?.trim().toLowerCase() === 'true',
  }
}

function principalsIn(list: string): string[] {
  const principals = list
    .split(';')
    .map((each) => each.trim())
    .filter((each) => each !== '')
  for (const each of principals) {
    if (!/^[^:]+:./.test(each))
      throw new UserError(`super.users: ${each} is no principal; write it as User:NAME, several separated by ';'`)
  }
  return principals
}
