import { rejectNearNames } from '../../client/near-properties.ts'

/** What is set, and by whom. */
export interface Setting {
  readonly value: string
  /** For people: `--bootstrap-server`, `KTS_OUTPUT`, `/home/ada/shop/.kts.yaml:3`, `the profile prod`. */
  readonly origin: string
}

export interface ServersSetting extends Setting {
  /** They are the broker in the box, which is started where it does not run. */
  readonly isBox?: boolean
}

/** What kts itself is told, beside the properties of Java's clients. */
export interface Settings {
  readonly profile?: Setting
  readonly servers?: ServersSetting
  readonly output?: Setting
  readonly readOnly?: Setting
  readonly confirm?: Setting
}

/** What one source says; the origin of each value is part of it, from its source to whoever asks. */
export interface Layer {
  readonly settings: Settings
  readonly properties: ReadonlyMap<string, Setting>
}

export const emptyLayer: Layer = { settings: {}, properties: new Map() }

/**
 * What counts, of layers in the order of their strength: of each value the first. Properties of the weakest layer come
 * first.
 */
export function mergeLayers(layers: readonly Layer[]): Layer {
  const weakestFirst = layers.toReversed()
  return {
    settings: Object.assign({}, ...weakestFirst.map(({ settings }) => settings)) as Settings,
    properties: new Map(weakestFirst.flatMap(({ properties }) => [...properties])),
  }
}

/** The strongest layer that says which cluster is meant, by its servers or by the name of a profile. */
export const findPlace = (layers: readonly Layer[]): Layer | undefined =>
  layers.find(({ settings }) => settings.servers !== undefined || settings.profile !== undefined)

/** A layer that has no say in which cluster is meant, as a stronger one has. */
export function withoutPlace({
  settings: { profile: _profile, servers: _servers, ...settings },
  properties,
}: Layer): Layer {
  return { settings, properties }
}

/**
 * Properties as a layer; the servers among them become the setting of kts. An empty list of servers is none, as to
 * Java. Throws UserError for a name that is nearly one that says where or as whom to connect.
 */
export function layerOf(given: Iterable<readonly [string, string]>, originOf: (name: string) => string): Layer {
  const properties = new Map([...given].map(([name, value]) => [name, { value, origin: originOf(name) }]))
  rejectNearNames(properties, originOf)
  const servers = properties.get(SERVERS)
  properties.delete(SERVERS)
  return { settings: servers?.value ? { servers } : {}, properties }
}

const SERVERS = 'bootstrap.servers'
export const REGISTRY_URL = 'schema.registry.url'
