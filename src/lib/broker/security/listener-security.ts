import type { Duplex } from 'node:stream'
import type { TlsOptions } from 'node:tls'
import type { Clock } from '../../clock.ts'
import { UserError } from '../../errors.ts'
import type { ScramCredentials } from '../state/cluster/scram-credentials.ts'
import type { BrokerConfig } from '../state/configs/broker-config.ts'
import type { ListenerConfig } from '../state/configs/listeners.ts'
import { Authentication } from './sasl/authentication.ts'
import { readMechanisms, type MechanismFactory } from './sasl/mechanisms.ts'
import { rejectOtherIdentity, type RenewalRules } from './tls/renewal.ts'
import { subjectOf } from './tls/distinguished-name.ts'
import { parsePrincipalMapping, type PrincipalMapping } from './tls/principal-mapping.ts'
import { TlsServer } from './tls/tls-server.ts'
import { fingerprintOf, tlsOptionsOf } from './tls/tls-settings.ts'

/** A connection as it can be served: encrypted where its listener does that, and who it is. */
export interface SecureStream {
  readonly stream: Duplex
  /** Who its certificate says it is, null for one without. */
  readonly principal: string | null
}

export interface SecuredListener extends Pick<ListenerConfig, 'name' | 'securityProtocol'> {
  /** Whether brokers connect to each other by it. */
  readonly isAmongBrokers: boolean
}

/** What one listener demands of its clients, as its settings have it now. Plain listeners have none. */
export class ListenerSecurity {
  private tls: { readonly server: TlsServer; options: TlsOptions; fingerprint: string } | null = null
  private mapping: PrincipalMapping = (subject) => subject
  private mechanisms: ReadonlyMap<string, MechanismFactory> = new Map()
  private config: BrokerConfig

  /** Throws UserError for settings and stores that cannot be used. */
  constructor(
    private readonly listener: SecuredListener,
    config: BrokerConfig,
    private readonly clock: Clock,
  ) {
    this.config = config.forListener(listener.name)
    this.read()
  }

  /**
   * Takes on what has changed in the settings, and in the files that they name. Throws UserError, and then nothing has
   * changed.
   */
  renew(config: BrokerConfig): void {
    const before = this.config
    this.config = config.forListener(this.listener.name)
    try {
      this.read()
    } catch (error) {
      this.config = before
      throw error
    }
  }

  /** Throws UserError for settings that cannot be used in place of these. */
  check(config: BrokerConfig): void {
    const { listener, clock, tls } = this
    inListener(listener, () => {
      const next = new ListenerSecurity(listener, config, clock).tls
      if (tls && next) rejectOtherIdentity(tls.options, next.options, this.renewalRules(config))
    })
  }

  /** Encrypts a connection, where that is to be; calls back when it stands, or with why it does not. */
  secure(stream: Duplex, onSecure: (secured: SecureStream) => void, onFailure: (reason: string) => void): void {
    if (!this.tls) return onSecure({ stream, principal: null })
    this.tls.server.accept(stream, {
      onFailure,
      onSecure: (secured) => {
        const certificate = secured.getPeerX509Certificate()
        const name = certificate && this.mapping(subjectOf(certificate))
        if (name !== null) return onSecure({ stream: secured, principal: name === undefined ? null : `User:${name}` })
        onFailure('no rule of ssl.principal.mapping.rules applies to its certificate')
        secured.destroy()
      },
    })
  }

  /** A login, null where there is none. */
  login(credentials: ScramCredentials): Authentication | null {
    if (!this.hasLogin) return null
    const { config, clock } = this
    return new Authentication({
      clock,
      mechanisms: new Map([...this.mechanisms].map(([name, factory]) => [name, factory(credentials)])),
      failureDelayMs: config.number('connection.failed.authentication.delay.ms'),
      maxFrameBytes: config.number('sasl.server.max.receive.size'),
    })
  }

  private get hasLogin(): boolean {
    return this.listener.securityProtocol.startsWith('SASL')
  }

  private read(): void {
    const { config, listener, clock } = this
    if (this.hasLogin) this.mechanisms = readMechanisms(config, clock, listener.name)
    if (!listener.securityProtocol.endsWith('SSL')) return
    this.mapping = parsePrincipalMapping(config.string('ssl.principal.mapping.rules'))
    const fingerprint = fingerprintOf(config)
    if (fingerprint === this.tls?.fingerprint) return
    const options = tlsOptionsOf(config, listener, clock.now())
    if (this.tls) {
      rejectOtherIdentity(this.tls.options, options, this.renewalRules(config))
      this.tls.server.renew(options)
    }
    this.tls = { server: this.tls?.server ?? new TlsServer(options, clock), options, fingerprint }
  }

  private renewalRules(config: BrokerConfig): RenewalRules {
    return {
      mayChangeName: config.boolean('ssl.allow.dn.changes'),
      mayChangeHosts: config.boolean('ssl.allow.san.changes'),
      isAmongBrokers: this.listener.isAmongBrokers,
    }
  }
}

/** Throws UserError that names the listener. */
export const secureListener = (listener: SecuredListener, config: BrokerConfig, clock: Clock): ListenerSecurity =>
  inListener(listener, () => new ListenerSecurity(listener, config, clock))

function inListener<T>({ name }: SecuredListener, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof UserError) throw new UserError(`listener ${name}: ${error.message}`)
    throw error
  }
}
