import { inspect } from 'node:util'
import { UserError } from '../errors.ts'
import { suggest } from '../suggest.ts'

/** Settings by name; numbers and booleans as they would be written: `{ 'num.partitions': 3 }`. */
export type Settings = Readonly<Record<string, string | number | boolean>>

export interface TopicSeed {
  readonly name: string
  /** By default as many as `num.partitions` says. */
  readonly partitions?: number | undefined
  /** Settings of the topic, e.g. `{ 'cleanup.policy': 'compact' }`. */
  readonly configs?: Settings | undefined
}

/** What clients in other languages and libraries need to get in. */
export interface ClientAccess {
  /**
   * The properties of a Java client, servers included; as the first user unless another is named. Throws UserError for
   * one that there is not.
   */
  clientProperties(this: void, user?: string): Record<string, string>
  /** The same for `new Kafka(…)` of kafkajs. */
  kafkaJsConfig(this: void, user?: string): KafkaJsConfig
}

export interface KafkaJsConfig {
  readonly brokers: string[]
  readonly ssl?: { readonly ca: string[] }
  readonly sasl?: { readonly mechanism: 'scram-sha-512'; readonly username: string; readonly password: string }
}

export interface BrokerOptions {
  /** Port on 127.0.0.1; a free one by default. */
  readonly port?: number | undefined
  /** Folder for the logs. Without it everything is kept in memory and gone with the broker. */
  readonly dataDir?: string | undefined
  /**
   * Settings as in Kafka's `server.properties`, e.g. `{ 'auto.create.topics.enable': false }`; they win over `port` and
   * `dataDir`.
   */
  readonly properties?: Settings | undefined
  /**
   * Topics to begin with: names, `NAME:PARTITIONS`, or `{ name, partitions, configs }`. Those that the data folder has
   * already stay as they are.
   */
  readonly topics?: readonly (string | TopicSeed)[] | undefined
  /** Speak TLS, with a certificate for localhost that is made for this broker. */
  readonly tls?: boolean | undefined
  /** Who may log in, by SCRAM, with their passwords: `{ alice: 'secret' }`. Without it nobody logs in. */
  readonly users?: Readonly<Record<string, string>> | undefined
  /** Let users do what ACLs allow, and the first of `users` everything. */
  readonly acls?: boolean | undefined
  /** Gets one line on what goes wrong in the background. Nothing is printed by default. */
  readonly onWarning?: ((line: string) => void) | undefined
}

type OfEach = 'properties' | 'topics' | 'tls' | 'users' | 'acls' | 'onWarning'

export interface ClusterOptions extends Pick<BrokerOptions, OfEach> {
  /** How many; 3 by default. */
  readonly brokers?: number | undefined
}

interface Rule {
  /** What a value is to be. */
  readonly what: string
  readonly fits: (value: unknown) => boolean
  readonly isRequired?: boolean
  /** The value is not to be shown. */
  readonly isSecret?: boolean
}
type Rules<T> = Readonly<Record<keyof T, Rule>>

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isName = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isWhole = (value: unknown, least: number, most = Infinity): boolean =>
  Number.isInteger(value) && Number(value) >= least && Number(value) <= most

const SETTINGS: Rule = {
  what: 'an object of strings, numbers and booleans',
  fits: (value) =>
    isObject(value) && Object.values(value).every((each) => ['string', 'number', 'boolean'].includes(typeof each)),
}

const FLAG: Rule = { what: 'true or false', fits: (value) => typeof value === 'boolean' }

const OPTIONS: Rules<BrokerOptions> = {
  port: { what: 'a whole number from 0 (any free port) to 65535', fits: (value) => isWhole(value, 0, 65535) },
  dataDir: { what: 'the path of a folder, or left out to keep everything in memory', fits: isName },
  properties: SETTINGS,
  topics: { what: 'a list of names and { name, partitions, configs }', fits: Array.isArray },
  tls: FLAG,
  users: {
    what: 'an object of passwords by name',
    fits: (value) =>
      isObject(value) && Object.entries(value).every(([name, password]) => isName(name) && isName(password)),
    isSecret: true,
  },
  acls: FLAG,
  onWarning: { what: 'a function', fits: (value) => typeof value === 'function' },
}

const { properties, topics, tls, users, acls, onWarning } = OPTIONS
const CLUSTER_OPTIONS: Rules<ClusterOptions> = {
  brokers: { what: 'a whole number from 1 to 100', fits: (value) => isWhole(value, 1, 100) },
  properties,
  topics,
  tls,
  users,
  acls,
  onWarning,
}

const SEED: Rules<TopicSeed> = {
  name: { what: 'the name of a topic', fits: isName, isRequired: true },
  partitions: { what: 'a whole number above 0', fits: (value) => isWhole(value, 1) },
  configs: SETTINGS,
}

/** For callers without types. Throws UserError, for an unknown option with the near name. */
export function checkOptions(options: BrokerOptions): void {
  check('startBroker', options, OPTIONS)
  checkSeeds(options)
  checkAcls('startBroker', options)
}

/** The same for several brokers. */
export function checkClusterOptions(options: ClusterOptions): void {
  check('startCluster', options, CLUSTER_OPTIONS)
  checkSeeds(options)
  checkAcls('startCluster', options)
}

function checkAcls(where: string, { acls: isOn, users: named = {} }: Pick<BrokerOptions, 'acls' | 'users'>): void {
  if (isOn && Object.keys(named).length === 0)
    throw new UserError(`${where}: acls needs users, of whom the first may do everything`)
}

function checkSeeds({ topics: seeds }: Pick<BrokerOptions, 'topics'>): void {
  seeds?.forEach((topic, index) => {
    if (typeof topic !== 'string') check(`topics[${index}]`, topic, SEED)
  })
}

function check<T>(where: string, given: T, rules: Rules<T>): void {
  if (!isObject(given)) throw new UserError(`${where}: ${inspect(given)} is not an object of options`)
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(rules, name))
  if (unknown !== undefined)
    throw new UserError(`${where}: there is no option ${unknown}${nearName(unknown, Object.keys(rules))}`)
  for (const name of Object.keys(rules) as (keyof T & string)[]) {
    const [value, { what, fits, isRequired = false, isSecret = false }] = [given[name], rules[name]]
    if (value === undefined ? isRequired : !fits(value))
      throw new UserError(`${where}: ${name} must be ${what}${isSecret ? '' : `, not ${inspect(value)}`}`)
  }
}

/** `; did you mean port?`, or nothing. */
export function nearName(name: string, names: Iterable<string>): string {
  const near = suggest(name, names)
  return near === undefined ? '' : `; did you mean ${near}?`
}

/** Settings as they would be written in a file. */
export const written = (settings: Settings): [string, string][] =>
  Object.entries(settings).map(([name, value]) => [name, String(value)])
