import { kafkaErrorOf } from '../../../errors.ts'
import { readAuthorizerSettings, type AuthorizerSettings } from './authorizer-settings.ts'
import {
  BROKER_DEFINITIONS,
  brokerDefinition,
  dynamicBrokerDefinition,
  brokerSynonyms,
  type BrokerConfigName,
  type BrokerConfigs,
} from './broker-config-definitions.ts'
import { CONFIG_SOURCES } from '../../../protocol/apis/describe-configs.ts'
import type { ConfigSource, ConfigSynonym } from './config-entry.ts'
import type { ConfigType, ConfigValue, Definition } from './definitions/definition.ts'
import { formatValue } from './format-value.ts'
import { parseValue } from './parse-value.ts'

type NamesOf<T extends ConfigType> = {
  [K in BrokerConfigName]: BrokerConfigs[K]['type'] extends T ? K : never
}[BrokerConfigName]
/** Null only for the settings that are not set by default. */
type ValueOf<K extends BrokerConfigName, V> = null extends BrokerConfigs[K]['default'] ? V | null : V

type Texts = ReadonlyMap<string, string>

/**
 * The settings of one broker: what the file says, over that the defaults of the cluster that admins set, over that what
 * they set for this broker alone (DynamicBrokerConfig). It never changes; `withDynamic` makes another one. What the
 * file says must be good: `parseBrokerConfig` checks it.
 */
export class BrokerConfig {
  /** What counts, by name; a setting that nobody has declared is kept, but has no value. */
  private readonly values = new Map<string, ConfigValue>()

  constructor(
    private readonly file: Texts,
    /** What admins set for this broker alone. */
    readonly dynamic: Texts = new Map(),
    /** What admins set for all brokers. */
    readonly dynamicDefaults: Texts = clusterDefaults(file),
  ) {
    for (const name of new Set([...BROKER_DEFINITIONS.keys(), ...this.everythingSet()])) {
      const [definition, written] = [dynamicBrokerDefinition(name), this.written(name)]
      if (definition)
        this.values.set(name, written === undefined ? definition.default : parseValue(name, definition, written))
    }
  }

  /** The same with the addresses that clients are told, where the file does not say them or leaves a port open. */
  withAddresses(
    addresses: Iterable<readonly [listener: string, { readonly host: string; readonly port: number }]>,
  ): BrokerConfig {
    const written = this.list('advertised.listeners')
    if (written?.every((listener) => !listener.endsWith(':0'))) return this
    const told = [...addresses].map(
      ([name, { host, port }]) => `${name}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    )
    if (told.length === 0) return this
    return new BrokerConfig(
      new Map([...this.file, ['advertised.listeners', told.join()]]),
      this.dynamic,
      this.dynamicDefaults,
    )
  }

  /**
   * The same file with other settings of admins on top. What can no longer be read is left out, as in Kafka, so that a
   * broker always starts.
   */
  withDynamic(perBroker: Texts, clusterDefault: Texts): BrokerConfig {
    return new BrokerConfig(
      this.file,
      readable(perBroker),
      new Map([...clusterDefaults(this.file), ...readable(clusterDefault)]),
    )
  }

  /** As one of its listeners has them: those of its own, `listener.name.NAME.KEY`, stand in for the broker's. */
  forListener(name: string): BrokerConfig {
    return this.overriddenBy(`listener.name.${name.toLowerCase()}.`)
  }

  /** Of a listener's settings those of one mechanism, `scram-sha-256.KEY`, in place of the others. */
  forMechanism(mechanism: string): BrokerConfig {
    return this.overriddenBy(`${mechanism.toLowerCase()}.`)
  }

  private overriddenBy(prefix: string): BrokerConfig {
    const merged = new Map([...this.file, ...this.dynamicDefaults, ...this.dynamic])
    const own = [...merged].filter(([name]) => name.toLowerCase().startsWith(prefix))
    if (own.length === 0) return this
    return new BrokerConfig(
      new Map([...merged, ...own.map(([name, text]) => [name.slice(prefix.length), text] as const)]),
    )
  }

  /** What is written for a setting, null where nobody has. */
  text(name: BrokerConfigName): string | null {
    return this.written(name) ?? null
  }

  boolean<K extends NamesOf<'BOOLEAN'>>(name: K): ValueOf<K, boolean> {
    return this.values.get(name) as ValueOf<K, boolean>
  }

  /** Numbers beyond 2^53 become Number.MAX_SAFE_INTEGER: there they stand for "no limit". */
  number<K extends NamesOf<'INT' | 'SHORT' | 'LONG' | 'DOUBLE'>>(name: K): ValueOf<K, number> {
    const value = this.values.get(name)
    return (typeof value === 'bigint' ? toSafeNumber(value) : value) as ValueOf<K, number>
  }

  bigint<K extends NamesOf<'LONG'>>(name: K): ValueOf<K, bigint> {
    return this.values.get(name) as ValueOf<K, bigint>
  }

  string<K extends NamesOf<'STRING' | 'CLASS' | 'PASSWORD'>>(name: K): ValueOf<K, string> {
    return this.values.get(name) as ValueOf<K, string>
  }

  list<K extends NamesOf<'LIST'>>(name: K): ValueOf<K, readonly string[]> {
    return this.values.get(name) as ValueOf<K, readonly string[]>
  }

  value(name: string): ConfigValue {
    return this.values.get(name) ?? null
  }

  /** Whether the file or an admin says anything of a setting. */
  isSet(name: BrokerConfigName): boolean {
    return this.written(name) !== undefined
  }

  /** As it was written in a file of Kafka 3 or before; empty where there is none. */
  get zookeeperConnect(): string {
    return this.file.get('zookeeper.connect') ?? ''
  }

  /** Null where there is no authorizer. */
  authorizerSettings(): AuthorizerSettings | null {
    return readAuthorizerSettings(this.string('authorizer.class.name'), this.file)
  }

  logDirs(): readonly string[] {
    return this.list('log.dirs') ?? this.list('log.dir')
  }

  /** Where the cluster's metadata lies. */
  metadataLogDir(): string {
    return this.string('metadata.log.dir') || this.logDirs()[0]!
  }

  /** Every setting that is declared, or that someone has set. */
  names(): string[] {
    const shown = [...BROKER_DEFINITIONS].filter(([, { isInternal }]) => !isInternal).map(([name]) => name)
    return [...new Set([...shown, ...this.everythingSet()])].sort()
  }

  /** Everywhere that a setting could come from, the place that counts first (ConfigHelper.configSynonyms). */
  synonyms(name: string): ConfigSynonym[] {
    const names = brokerSynonyms(name)
    const all = this.layers().flatMap(([texts, source]) =>
      names.flatMap((synonym) => {
        const value = texts.get(synonym)
        return value === undefined ? [] : [{ name: synonym, value, source }]
      }),
    )
    const first = all.findIndex((synonym) => synonym.name === name)
    return first === -1 ? [] : all.slice(first)
  }

  private layers(): [Pick<Texts, 'get'>, ConfigSource][] {
    return [
      [this.dynamic, CONFIG_SOURCES.DYNAMIC_BROKER_CONFIG],
      [this.dynamicDefaults, CONFIG_SOURCES.DYNAMIC_DEFAULT_BROKER_CONFIG],
      [this.file, CONFIG_SOURCES.STATIC_BROKER_CONFIG],
      [{ get: defaultText }, CONFIG_SOURCES.DEFAULT_CONFIG],
    ]
  }

  private everythingSet(): string[] {
    return [...this.file.keys(), ...this.dynamicDefaults.keys(), ...this.dynamic.keys()]
  }

  private written(name: string): string | undefined {
    return this.dynamic.get(name) ?? this.dynamicDefaults.get(name) ?? this.file.get(name)
  }
}

/** A number for code that has no use for anything beyond 2^53. */
export const toSafeNumber = (value: bigint): number => Math.min(Number(value), Number.MAX_SAFE_INTEGER)

/** Once replicas are tracked as Kafka 4 does (KIP-966), the cluster always has a default of its own for this one. */
function clusterDefaults(file: Texts): Texts {
  const name = 'min.insync.replicas'
  return new Map([[name, file.get(name) ?? defaultText(name)!]])
}

export function defaultText(name: string): string | undefined {
  const definition = BROKER_DEFINITIONS.get(name)
  return definition && (formatValue(definition.default, definition.type) ?? undefined)
}

function readable(texts: Texts): Texts {
  return new Map(
    [...texts].filter(([name, written]) => {
      const definition: Definition | undefined = brokerDefinition(name)
      try {
        return !definition || parseValue(name, definition, written) !== null
      } catch (error) {
        kafkaErrorOf(error)
        return false
      }
    }),
  )
}
