/** How settings are declared: each is data with its type, default, allowed values, and whether anything acts on it. */

export type ConfigType = 'BOOLEAN' | 'STRING' | 'INT' | 'SHORT' | 'LONG' | 'DOUBLE' | 'LIST' | 'CLASS' | 'PASSWORD'

/** A parsed value. Null stands for "not set". */
export type ConfigValue = boolean | string | number | bigint | readonly string[] | null

export type Validator =
  | { readonly kind: 'range'; readonly min: number | bigint; readonly max?: number | bigint; readonly or?: number }
  | { readonly kind: 'oneOf'; readonly values: readonly string[]; readonly ignoreCase?: true }
  | { readonly kind: 'items'; readonly values?: readonly string[]; readonly notEmpty?: true }
  | { readonly kind: 'notEmpty' }
  | { readonly kind: 'throttledReplicas' }
  | { readonly kind: 'offsetReset' }

/** Who may change a setting of a running broker: nobody, or an admin for one broker, or also for all (KIP-226). */
export type UpdateMode = 'read-only' | 'per-broker' | 'cluster-wide'

export interface Definition<T extends ConfigType = ConfigType, D extends ConfigValue = ConfigValue> {
  readonly type: T
  readonly default: D
  readonly validator: Validator | null
  readonly update: UpdateMode
  /** Whether this broker acts on it; what it does not act on is kept and shown. */
  readonly acts: boolean
  /** See `tuning`. */
  readonly isTuning: boolean
  readonly documentation: string | null
  /** Kafka's own back doors: shown only where they are set. */
  readonly isInternal: boolean
}

type Trait = Partial<Pick<Definition, 'update' | 'acts' | 'isTuning' | 'documentation' | 'isInternal'>>

export const clusterWide: Trait = { update: 'cluster-wide' }
export const perBroker: Trait = { update: 'per-broker' }
export const internal: Trait = { isInternal: true }
/**
 * Nothing follows from it here, and nobody has to be told: it says how Kafka goes about its work (threads, queues,
 * buffers, how often to look or to try again) or is for parts that this broker has no need of (a quorum of controllers,
 * the state of share groups, which Kafka's own server.properties sets). Clients and data are the same whatever it says.
 * Everything else without effect is worth a word at the start: a limit, a check, a codec, a plugin, a place.
 */
export const tuning: Trait = { isTuning: true }
/** This broker acts on it; what it means. */
export const acts = (documentation: string): Trait => ({ acts: true, documentation })
/** Kept and shown, nothing more; what it means to Kafka. */
export const kept = (documentation: string): Trait => ({ documentation })

type Build<T extends ConfigType, V extends ConfigValue> = <const D extends V | null>(
  fallback: D,
  validator?: Validator | null,
  ...traits: readonly Trait[]
) => Definition<T, D>

const builder =
  <T extends ConfigType, V extends ConfigValue>(type: T): Build<T, V> =>
  (fallback, validator = null, ...traits) =>
    Object.assign(
      {
        type,
        default: fallback,
        validator,
        update: 'read-only' as const,
        acts: false,
        isTuning: false,
        documentation: null,
        isInternal: false,
      },
      ...(traits as Trait[]),
    )

export const bool = builder<'BOOLEAN', boolean>('BOOLEAN')
export const text = builder<'STRING', string>('STRING')
export const int = builder<'INT', number>('INT')
export const short = builder<'SHORT', number>('SHORT')
export const long = builder<'LONG', bigint>('LONG')
export const double = builder<'DOUBLE', number>('DOUBLE')
export const list = builder<'LIST', readonly string[]>('LIST')
/** The name of a Java class: this broker loads none. */
export const javaClass = builder<'CLASS', string>('CLASS')
/** Never shown. */
export const password = builder<'PASSWORD', string>('PASSWORD')

export const atLeast = (min: number | bigint): Validator => ({ kind: 'range', min })
export const between = (min: number | bigint, max: number | bigint): Validator => ({ kind: 'range', min, max })
export const oneOf = (...values: string[]): Validator => ({ kind: 'oneOf', values })
export const oneOfAnyCase = (...values: string[]): Validator => ({ kind: 'oneOf', values, ignoreCase: true })
/** A list whose items are not blank; an item given twice counts once. */
export const items: Validator = { kind: 'items' }
export const someItems: Validator = { kind: 'items', notEmpty: true }
export const itemsOf = (...values: string[]): Validator => ({ kind: 'items', values })
export const someItemsOf = (...values: string[]): Validator => ({ kind: 'items', values, notEmpty: true })
export const notEmpty: Validator = { kind: 'notEmpty' }

/** Java's `Long.MAX_VALUE`, which stands for "no limit". */
export const LONG_MAX = 9223372036854775807n
export const INT_MAX = 2147483647
