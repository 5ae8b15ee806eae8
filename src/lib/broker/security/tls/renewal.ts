import { X509Certificate } from 'node:crypto'
import type { TlsOptions } from 'node:tls'
import { UserError } from '../../../errors.ts'
import { subjectOf } from './distinguished-name.ts'

/** What may change with a certificate. */
export interface RenewalRules {
  /** `ssl.allow.dn.changes` */
  readonly mayChangeName: boolean
  /** `ssl.allow.san.changes`; hosts may be added in any case. */
  readonly mayChangeHosts: boolean
  /** Other brokers connect here: those with the old stores must get on with those with the new ones, for a while. */
  readonly isAmongBrokers: boolean
}

/**
 * What a running listener does not take on (SslFactory.createNewSslEngineFactory): the certificate of somebody else,
 * most likely a mistake, and one that other brokers would not trust. Throws UserError.
 */
export function rejectOtherIdentity(before: TlsOptions, after: TlsOptions, rules: RenewalRules): void {
  const [old, renewed] = [certificatesOf(before.cert), certificatesOf(after.cert)]
  const [oldName, newName] = [subjectOf(old[0]!), subjectOf(renewed[0]!)]
  if (!rules.mayChangeName && oldName.toLowerCase() !== newName.toLowerCase())
    throw new UserError(
      `ssl.keystore: the certificate is for ${newName}, that of before is for ${oldName}; ssl.allow.dn.changes=true allows it`,
    )
  const missing = hostsOf(old[0]!).filter((host) => !hostsOf(renewed[0]!).includes(host))
  if (!rules.mayChangeHosts && missing.length > 0)
    throw new UserError(
      `ssl.keystore: the certificate lacks ${missing.join(', ')}, which that of before has; ssl.allow.san.changes=true allows it`,
    )
  if (!before.ca && after.ca)
    throw new UserError('ssl.truststore: the listener was started without one, and takes none while it runs')
  if (rules.isAmongBrokers) rejectDistrusted({ old, renewed, oldTrust: before.ca, newTrust: after.ca })
}

interface Stores {
  readonly old: readonly X509Certificate[]
  readonly renewed: readonly X509Certificate[]
  readonly oldTrust: TlsOptions['ca']
  readonly newTrust: TlsOptions['ca']
}

function rejectDistrusted({ old, renewed, oldTrust, newTrust }: Stores): void {
  if (oldTrust && !isTrusted(renewed, certificatesOf(oldTrust)))
    throw new UserError(
      'ssl.keystore: other brokers would not trust the certificate: put its authority into their ssl.truststore first',
    )
  if (newTrust && !isTrusted(old, certificatesOf(newTrust)))
    throw new UserError('ssl.truststore: the authority of the certificates that other brokers still have is not in it')
}

/** Whether one of a chain is in the store, or is from one that is. */
const isTrusted = (chain: readonly X509Certificate[], store: readonly X509Certificate[]): boolean =>
  chain.some((certificate) =>
    store.some(
      (authority) =>
        certificate.raw.equals(authority.raw) ||
        (certificate.checkIssued(authority) && certificate.verify(authority.publicKey)),
    ),
  )

/** `DNS:localhost`, `IP Address:127.0.0.1` */
const hostsOf = ({ subjectAltName = '' }: X509Certificate): string[] => subjectAltName.split(', ').filter(Boolean)

function certificatesOf(pem: TlsOptions['cert'] | TlsOptions['ca']): X509Certificate[] {
  const texts = Array.isArray(pem) ? pem.map(String) : [String(pem)]
  return texts.flatMap((text) => text.match(CERTIFICATE) ?? []).map((text) => new X509Certificate(text))
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g
