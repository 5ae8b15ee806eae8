import type { MetadataRecordOf, NewMetadataRecord } from '../../../protocol/internal-records/index.ts'
import { configRecords, setOrDelete } from './config-value.ts'
import type { Delta } from './delta.ts'
import type { ConfigResource } from './types.ts'

type Configs = ReadonlyMap<string, string>

/** ConfigResource.Type, as its numbers are kept. */
export const TOPIC_RESOURCE = 2
const RESOURCE_TYPES: Readonly<Record<ConfigResource, number>> = { broker: 4, 'client-metrics': 16, group: 32 }

const NONE: Configs = new Map()

/** What admins have set for brokers, groups and client metrics; a topic carries its settings itself. */
export class ResourceConfigs {
  private readonly byResource = new Map<
    string,
    { readonly resource: ConfigResource; readonly name: string; readonly configs: Map<string, string> }
  >()

  get(resource: ConfigResource, name: string): Configs {
    return this.byResource.get(keyOf(resource, name))?.configs ?? NONE
  }

  /** Names of the resources of a kind that have settings. */
  names(kind: ConfigResource): string[] {
    return [...this.byResource.values()].flatMap(({ resource, name }) => (resource === kind ? [name] : []))
  }

  changes(resource: ConfigResource, name: string, configs: Configs): NewMetadataRecord[] {
    return [...configRecords(RESOURCE_TYPES[resource], name, this.get(resource, name), configs)]
  }

  apply({ resourceType, resourceName, name, value }: MetadataRecordOf<'CONFIG_RECORD'>, delta: Delta): void {
    const resource = (Object.keys(RESOURCE_TYPES) as ConfigResource[]).find(
      (type) => RESOURCE_TYPES[type] === resourceType,
    )
    if (!resource) return
    const key = keyOf(resource, resourceName)
    const configs = new Map(this.get(resource, resourceName))
    setOrDelete(configs, name, value)
    if (configs.size === 0) this.byResource.delete(key)
    else this.byResource.set(key, { resource, name: resourceName, configs })
    delta.configs.set(key, { resource, name: resourceName })
  }

  *records(): Generator<NewMetadataRecord> {
    for (const { resource, name, configs } of this.byResource.values())
      yield* configRecords(RESOURCE_TYPES[resource], name, NONE, configs)
  }
}

const keyOf = (resource: ConfigResource, name: string): string => `${resource}/${name}`
