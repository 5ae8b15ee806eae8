import type { NewMetadataRecord } from '../../../protocol/internal-records/index.ts'

type Configs = ReadonlyMap<string, string>

/** Null takes a value away, as in a CONFIG_RECORD. */
export function setOrDelete<V>(values: Map<string, V>, name: string, value: V | null): void {
  if (value === null) values.delete(name)
  else values.set(name, value)
}

/** What leads from one set of values to another: only the differences are written. */
export function* configRecords(
  resourceType: number,
  resourceName: string,
  before: Configs,
  after: Configs,
): Generator<NewMetadataRecord> {
  const record = (name: string, value: string | null): NewMetadataRecord => ({
    type: 'CONFIG_RECORD',
    resourceType,
    resourceName,
    name,
    value,
  })
  for (const name of before.keys()) if (!after.has(name)) yield record(name, null)
  for (const [name, value] of after) if (before.get(name) !== value) yield record(name, value)
}
