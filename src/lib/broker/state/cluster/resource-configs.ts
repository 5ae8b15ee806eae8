import type { ConfigResource } from './types.ts'

export interface ConfigsChange {
  readonly type: 'configs'
  readonly resource: ConfigResource
  readonly name: string
  /** All that is set from now on. */
  readonly configs: Record<string, string>
}

type Configs = ReadonlyMap<string, string>

/** What admins have set for brokers, groups and client metrics; a topic carries its settings itself. */
export class ResourceConfigs {
  private readonly byResource = new Map<
    string,
    { readonly resource: ConfigResource; readonly name: string; readonly configs: Configs }
  >()

  constructor(private readonly commit: (change: ConfigsChange) => void) {}

  get(resource: ConfigResource, name: string): Configs {
    return this.byResource.get(keyOf(resource, name))?.configs ?? new Map()
  }

  /** Names of the resources of a kind that have settings. */
  names(kind: ConfigResource): string[] {
    return [...this.byResource.values()].flatMap(({ resource, name }) => (resource === kind ? [name] : []))
  }

  set(resource: ConfigResource, name: string, configs: Configs): void {
    this.commit({ type: 'configs', resource, name, configs: Object.fromEntries(configs) })
  }

  apply({ resource, name, configs }: ConfigsChange): void {
    const held = new Map(Object.entries(configs))
    if (held.size === 0) this.byResource.delete(keyOf(resource, name))
    else this.byResource.set(keyOf(resource, name), { resource, name, configs: held })
  }

  snapshot(): ConfigsChange[] {
    return [...this.byResource.values()].map(({ resource, name, configs }) => ({
      type: 'configs',
      resource,
      name,
      configs: Object.fromEntries(configs),
    }))
  }
}

const keyOf = (resource: ConfigResource, name: string): string => `${resource}/${name}`
