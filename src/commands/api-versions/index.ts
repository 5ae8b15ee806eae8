import { formatAddress } from '../../lib/address.ts'
import {
  describeApiVersions,
  type ApiVersionRange,
  type BrokerVersions,
} from '../../lib/client/admin/describe-api-versions.ts'
import type { Context, Result } from '../../lib/command/define.ts'
import { defineCommand, type Work } from '../../lib/work/command.ts'
import { connectionOptions } from '../../lib/config/connection.ts'
import { renderTable } from '../../lib/output/table.ts'

export const apiVersions = defineCommand({
  examples: [
    { command: 'kts api-versions', about: 'A column for each broker; a dash stands for what it does not know.' },
  ],
  options: connectionOptions,
  run: async (work) => show(await describeApiVersions(work.client), work),
})

/**
 * A broker that does not answer is a line of its own in Apache's text; under kts it goes to stderr, and the exit code
 * is 1.
 */
function show(brokers: readonly BrokerVersions[], { voice, context: { style } }: Work<unknown>): Result {
  const failed = style === 'kts' ? brokers.filter(({ error }) => error !== null) : []
  for (const { node, error } of failed) voice.say(`broker ${node.nodeId} does not answer: ${error}`)
  return {
    data: brokers.map(({ node, apis, error }) => ({ broker: node, apis, ...(error !== null && { error }) })),
    text: () => brokers.map((broker) => asText(broker, style)).join(''),
    table: () => asTable(brokers.filter(({ error }) => error === null)),
    exitCode: failed.length > 0 ? 1 : 0,
  }
}

function asText({ node: { nodeId, host, port, rack }, apis, error }: BrokerVersions, style: Context['style']): string {
  // Apache's tool writes the host as it is.
  const name = `${style === 'drop-in' ? `${host}:${port}` : formatAddress({ host, port })} (id: ${nodeId} rack: ${rack} isFenced: false)`
  return `${name} -> ${error === null ? `(\n\t${apis.map(line).join(',\n\t')}\n)` : `ERROR: ${error}`}\n`
}

function line({ key, name, minVersion, maxVersion, usable }: ApiVersionRange): string {
  const api = `${name ?? 'UNKNOWN'}(${key}): `
  if (usable === 'unsupported') return `${api}UNSUPPORTED`
  const range = minVersion === maxVersion ? `${minVersion}` : `${minVersion} to ${maxVersion}`
  if (usable === 'unknown API') return api + range
  return `${api}${range} [${typeof usable === 'number' ? 'usable' : 'unusable'}: ${usable}]`
}

/** Brokers that speak the same share a column. */
function asTable(brokers: readonly BrokerVersions[]): string {
  const columns = new Map<string, BrokerVersions[]>()
  for (const broker of brokers) {
    const spoken = broker.apis.map(({ key, minVersion, maxVersion }) => `${key}:${minVersion}-${maxVersion}`).join()
    columns.set(spoken, [...(columns.get(spoken) ?? []), broker])
  }
  const groups = [...columns.values()]
  const apis = new Map(brokers.flatMap((broker) => broker.apis.map(({ key, name }) => [key, name] as const)))
  const rows = [...apis]
    .sort(([a], [b]) => a - b)
    .map(([key, name]) => [
      name ?? 'unknown',
      `${key}`,
      ...groups.map(([broker]) => cell(broker!.apis.find((api) => api.key === key))),
    ])
  return groups.length === 0 ? '' : renderTable(['API', 'KEY', ...groups.map(heading)], rows, { right: [1] })
}

const heading = (group: readonly BrokerVersions[]): string =>
  `${group.length === 1 ? 'BROKER' : 'BROKERS'} ${group.map(({ node }) => node.nodeId).join(', ')}`

function cell(api: ApiVersionRange | undefined): string {
  if (!api || api.minVersion === null) return '-'
  return api.minVersion === api.maxVersion ? `${api.minVersion}` : `${api.minVersion}–${api.maxVersion}`
}
