import { UserError } from '../errors.ts'
import { makeCertificates } from '../security/certificates/local-certificates.ts'
import type { BrokerOptions, ClientAccess } from './options.ts'
import { clientProperties, type Secured } from './secured.ts'
import type { User } from './user-seeds.ts'

const HOSTS = ['localhost', '127.0.0.1', '::1']

/** The security of a broker of this process; null where nothing of it is asked for. The certificates are its own. */
export function secureInMemory(
  { tls = false, users = {}, acls = false }: Pick<BrokerOptions, 'tls' | 'users' | 'acls'>,
  needsStores: boolean,
): Secured | null {
  const named = Object.entries(users).map(([name, password]) => ({ name, password }))
  if (!tls && named.length === 0) return null
  const stores = tls || needsStores ? storesInMemory() : { keyStore: new Map(), trustStore: new Map() }
  return { tls, users: named, acls, ...stores }
}

function storesInMemory(): Pick<Secured, 'keyStore' | 'trustStore'> {
  const { authority, server } = makeCertificates(HOSTS, Date.now())
  const [key, certificate] = server.split(/(?=-----BEGIN CERTIFICATE)/)
  return {
    keyStore: new Map([
      ['ssl.keystore.type', 'PEM'],
      ['ssl.keystore.key', key!],
      ['ssl.keystore.certificate.chain', certificate!],
    ]),
    trustStore: new Map([
      ['ssl.truststore.type', 'PEM'],
      ['ssl.truststore.certificates', authority],
    ]),
  }
}

export function accessTo(secured: Secured | null, bootstrapServers: string): ClientAccess {
  const brokers = bootstrapServers.split(',')
  if (!secured)
    return {
      clientProperties: () => ({ 'bootstrap.servers': bootstrapServers, 'security.protocol': 'PLAINTEXT' }),
      kafkaJsConfig: () => ({ brokers }),
    }
  const ca = secured.trustStore.get('ssl.truststore.certificates')
  return {
    clientProperties: (name) => Object.fromEntries(clientProperties(secured, bootstrapServers, userOf(secured, name))),
    kafkaJsConfig(name) {
      const user = userOf(secured, name)
      return {
        brokers,
        ...(secured.tls && { ssl: { ca: [ca!] } }),
        ...(user && { sasl: { mechanism: 'scram-sha-512', username: user.name, password: user.password } }),
      }
    },
  }
}

function userOf({ users }: Secured, name: string | undefined): User | null {
  if (name === undefined) return users[0] ?? null
  const user = users.find((each) => each.name === name)
  if (!user) throw new UserError(`there is no user ${name}; there are ${users.map((each) => each.name).join(', ')}`)
  return user
}
