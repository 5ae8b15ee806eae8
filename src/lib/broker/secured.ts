import type { SecurityProtocol } from '../protocol/security-protocols.ts'
import { BROKER_NAME } from '../security/certificates/local-certificates.ts'
import type { User } from './user-seeds.ts'

/** How a broker is secured that somebody starts in one word: TLS with a local authority, users with passwords, ACLs. */
export interface Secured {
  readonly tls: boolean
  readonly users: readonly User[]
  /** Users may do what ACLs allow them, and the first of them everything. */
  readonly acls: boolean
  /** `ssl.keystore.*` of brokers. */
  readonly keyStore: ReadonlyMap<string, string>
  /** `ssl.truststore.*` of those who are to know them. */
  readonly trustStore: ReadonlyMap<string, string>
}

const MECHANISM = 'SCRAM-SHA-512'
const MECHANISMS = ['SCRAM-SHA-256', MECHANISM]
const LOGIN_MODULE = 'org.apache.kafka.common.security.scram.ScramLoginModule'
/** Where brokers of a cluster speak to each other: they know each other by their certificates. */
const INTERNAL = 'INTERNAL'

/** What clients speak; it is the name of their listener too. */
export function protocolOf({ tls, users }: Pick<Secured, 'tls' | 'users'>): SecurityProtocol {
  if (users.length > 0) return tls ? 'SASL_SSL' : 'SASL_PLAINTEXT'
  return tls ? 'SSL' : 'PLAINTEXT'
}

/** The settings of a broker that is alone, but for those of the address `host:port`. */
export function securedSettings(secured: Secured, address: string): [name: string, value: string][] {
  const protocol = protocolOf(secured)
  return [
    ['listeners', `${protocol}://${address}`],
    ['inter.broker.listener.name', protocol],
    ...(secured.tls ? secured.keyStore : []),
    ...settingsOfUsers(secured, []),
  ]
}

/** The settings of a node of a cluster, whose brokers have a second port among themselves. */
export function securedNodeSettings(
  secured: Secured,
  { role, port, internalPort }: { role: 'broker' | 'controller'; port: number; internalPort: number },
): [name: string, value: string][] {
  const protocol = protocolOf(secured)
  const listeners =
    role === 'broker'
      ? `${protocol}://localhost:${port},${INTERNAL}://localhost:${internalPort}`
      : `CONTROLLER://localhost:${port}`
  return [
    ['listeners', listeners],
    ['listener.security.protocol.map', `${protocol}:${protocol},${INTERNAL}:SSL,CONTROLLER:SSL`],
    ...(role === 'broker' ? [['inter.broker.listener.name', INTERNAL] as [string, string]] : []),
    [`listener.name.${INTERNAL.toLowerCase()}.ssl.client.auth`, 'required'],
    ['listener.name.controller.ssl.client.auth', 'required'],
    ...secured.keyStore,
    ...secured.trustStore,
    ...settingsOfUsers(secured, [`User:CN=${BROKER_NAME}`]),
  ]
}

function settingsOfUsers({ tls, users, acls }: Secured, superUsers: readonly string[]): [string, string][] {
  const listener = protocolOf({ tls, users }).toLowerCase()
  const sasl: [string, string][] = [
    ['sasl.enabled.mechanisms', MECHANISMS.join(',')],
    ['sasl.mechanism.inter.broker.protocol', MECHANISM],
    ...MECHANISMS.map((mechanism): [string, string] => [
      `listener.name.${listener}.${mechanism.toLowerCase()}.sasl.jaas.config`,
      `${LOGIN_MODULE} required;`,
    ]),
  ]
  const authorizer: [string, string][] = [
    ['authorizer.class.name', 'org.apache.kafka.metadata.authorizer.StandardAuthorizer'],
    ['super.users', [...superUsers, ...users.slice(0, 1).map(({ name }) => `User:${name}`)].join(';')],
  ]
  return [...(users.length > 0 ? sasl : []), ...(acls ? authorizer : [])]
}

/** What a client of Java or of kts needs, as a user or as nobody. */
export function clientProperties(secured: Secured, bootstrapServers: string, user: User | null): Map<string, string> {
  return new Map([
    ['bootstrap.servers', bootstrapServers],
    ['security.protocol', protocolOf(secured)],
    ...(secured.tls ? secured.trustStore : []),
    ...(user
      ? ([
          ['sasl.mechanism', MECHANISM],
          [
            'sasl.jaas.config',
            `${LOGIN_MODULE} required username=${quoted(user.name)} password=${quoted(user.password)};`,
          ],
        ] as const)
      : []),
  ])
}

/** In the quotes of JAAS, whose line ends are escaped. */
const quoted = (text: string): string =>
  `"${text.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r')}"`
