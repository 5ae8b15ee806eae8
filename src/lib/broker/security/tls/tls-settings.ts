import { statSync } from 'node:fs'
import type { TlsOptions } from 'node:tls'
import type { SecurityProperties } from '../../../security/properties.ts'
import type { BrokerConfig } from '../../state/configs/broker-config.ts'
import type { ListenerConfig } from '../../state/configs/listeners.ts'
import { readTlsServer, type ClientAuth } from './tls-server.ts'

type ListenerKind = Pick<ListenerConfig, 'name' | 'securityProtocol'>

/** What TLS is made of; a listener has its own. */
const TLS_CONFIGS = [
  'ssl.cipher.suites',
  'ssl.client.auth',
  'ssl.enabled.protocols',
  'ssl.endpoint.identification.algorithm',
  'ssl.key.password',
  'ssl.keystore.certificate.chain',
  'ssl.keystore.key',
  'ssl.keystore.location',
  'ssl.keystore.password',
  'ssl.keystore.type',
  'ssl.protocol',
  'ssl.truststore.certificates',
  'ssl.truststore.location',
  'ssl.truststore.password',
  'ssl.truststore.type',
] as const

/** The settings of TLS that are written, as a client would have them. */
export const tlsProperties = (config: BrokerConfig): SecurityProperties =>
  new Map(
    TLS_CONFIGS.flatMap((name) => {
      const text = config.text(name)
      return text === null ? [] : [[name, text] as const]
    }),
  )

/**
 * Of the settings of a listener. As in Kafka `ssl.client.auth` means nothing where clients log in, unless it is the
 * listener's own. Throws UserError.
 */
export function tlsOptionsOf(
  config: BrokerConfig,
  { name, securityProtocol }: ListenerKind,
  nowMs: number,
): TlsOptions {
  const isOwn = config.value(`listener.name.${name.toLowerCase()}.ssl.client.auth`) !== null
  const clientAuth = isOwn || securityProtocol === 'SSL' ? config.string('ssl.client.auth') : 'none'
  return readTlsServer(tlsProperties(config), clientAuth as ClientAuth, nowMs)
}

/** Changes with the settings and with the files that they name. */
export function fingerprintOf(config: BrokerConfig): string {
  const files = [config.string('ssl.keystore.location'), config.string('ssl.truststore.location')]
  return JSON.stringify([[...tlsProperties(config)], files.map(stampOf)])
}

function stampOf(file: string | null): unknown {
  const stats = file ? statSync(file, { throwIfNoEntry: false }) : undefined
  return stats && [stats.ino, stats.size, stats.mtimeMs]
}
