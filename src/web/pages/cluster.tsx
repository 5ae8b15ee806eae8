import type { JSX } from 'preact'
import type { BrokerView, ClusterView } from '../../lib/web/wire.ts'
import { apiUrl } from '../api.ts'
import { grouped } from '../format.ts'
import { useData } from '../hooks.ts'
import { pathTo } from '../router.ts'
import { useSession } from '../session.ts'
import { Command, CopyButton, Trouble } from '../ui/pieces.tsx'
import { Table, type Column } from '../ui/table.tsx'

const COLUMNS: readonly Column<BrokerView>[] = [
  {
    title: 'Broker',
    by: ({ broker }) => broker,
    cell: ({ broker, isController }) => (
      <>
        {broker} {isController ? <span class="pill">controller</span> : null}
      </>
    ),
  },
  { title: 'Address', cell: ({ host, port }) => <span class="mono">{`${host}:${port}`}</span> },
  { title: 'Rack', cell: ({ rack }) => rack ?? '–', isWide: true },
  { title: 'Version', cell: ({ version }) => version ?? '–', isWide: true },
  { title: 'Leads', by: ({ leads }) => leads, isNumber: true, cell: ({ leads }) => grouped(leads) },
  { title: 'Replicas', by: ({ replicas }) => replicas, isNumber: true, cell: ({ replicas }) => grouped(replicas) },
]

export function ClusterPage(): JSX.Element {
  const { data, error } = useData<ClusterView>(apiUrl('/cluster'))
  const { bootstrapServers } = useSession()
  return (
    <>
      <div class="head">
        <h1>Cluster</h1>
        <div class="actions">
          <CopyButton text={bootstrapServers} label="Copy address" />
        </div>
      </div>
      <Trouble error={error} />
      {data ? (
        <>
          <Facts cluster={data} />
          <Table label="Brokers" columns={COLUMNS} rows={data.brokers} keyOf={({ broker }) => String(broker)} />
        </>
      ) : null}
      <Command words={['cluster', 'describe']} />
    </>
  )
}

function Facts({ cluster }: { readonly cluster: ClusterView }): JSX.Element {
  const { clusterId, brokers, topics, partitions, underReplicated, offline, metadataVersion } = cluster
  return (
    <dl class="card facts">
      <Fact title="Cluster id" value={<span class="mono">{clusterId}</span>} />
      <Fact title="Brokers" value={grouped(brokers.length)} />
      <Fact title="Topics" value={<a href={pathTo(['topics'])}>{grouped(topics)}</a>} />
      <Fact title="Partitions" value={grouped(partitions)} />
      <Fact title="Under-replicated" value={<Alarm count={underReplicated} show="under-replicated" />} />
      <Fact title="Without a leader" value={<Alarm count={offline} show="offline" />} />
      <Fact title="Metadata version" value={metadataVersion ?? '–'} />
    </dl>
  )
}

const Fact = ({ title, value }: { readonly title: string; readonly value: JSX.Element | string }): JSX.Element => (
  <div>
    <dt>{title}</dt>
    <dd>{value}</dd>
  </div>
)

const Alarm = ({ count, show }: { readonly count: number; readonly show: string }): JSX.Element =>
  count === 0 ? (
    <span>0</span>
  ) : (
    <a class="bad" href={pathTo(['topics'], { show })}>
      {grouped(count)}
    </a>
  )
