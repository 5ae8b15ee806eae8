import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { named, wordsOf } from '../../../lib/web/actions.ts'
import type { PartitionView, TopicView } from '../../../lib/web/wire.ts'
import { act } from '../../api.ts'
import { bytes, grouped } from '../../format.ts'
import { ActionForm, Command, Field, tell } from '../../ui/pieces.tsx'
import { Table, type Column } from '../../ui/table.tsx'

const COLUMNS: readonly Column<PartitionView>[] = [
  { title: 'Partition', isNumber: true, by: ({ partition }) => partition, cell: ({ partition }) => partition },
  {
    title: 'Leader',
    by: ({ leader }) => leader ?? -1,
    cell: ({ leader }) => leader ?? <span class="pill bad">none</span>,
  },
  { title: 'Replicas', cell: ({ replicas }) => replicas.join(', ') },
  {
    title: 'In sync',
    by: ({ isr }) => isr.length,
    cell: ({ isr, replicas }) => (
      <span class={isr.length < replicas.length ? 'warn' : undefined}>{isr.join(', ') || 'none'}</span>
    ),
  },
  { title: 'First offset', isNumber: true, isWide: true, cell: ({ startOffset }) => grouped(startOffset) },
  {
    title: 'End offset',
    isNumber: true,
    by: ({ endOffset }) => BigInt(endOffset ?? -1),
    cell: ({ endOffset }) => grouped(endOffset),
  },
  {
    title: 'Size',
    isNumber: true,
    isWide: true,
    by: ({ bytes: size }) => BigInt(size ?? -1),
    cell: ({ bytes: size }) => bytes(size),
  },
]

export interface PartitionsProps {
  readonly topic: TopicView
  readonly onChange: () => void
}

export function Partitions({ topic: { topic, partitions }, onChange }: PartitionsProps): JSX.Element {
  const [isAdding, setAdding] = useState(false)
  const [wanted, setWanted] = useState(String(partitions.length + 1))
  const fields = { topic, partitions: Number(wanted) }
  return (
    <>
      <div class="bar">
        <button type="button" data-new onClick={() => setAdding(true)}>
          Add partitions
        </button>
      </div>
      <Table label="Partitions" columns={COLUMNS} rows={partitions} keyOf={({ partition }) => String(partition)} />
      <Command words={named(['topics', 'describe'], 'topic', topic)} />
      {isAdding ? (
        <ActionForm
          title="Add partitions"
          submit="Add"
          words={wordsOf('topic add-partitions', fields)}
          isReady={fields.partitions > partitions.length}
          run={() => act('topic add-partitions', fields)}
          onDone={() => {
            tell(`${topic} has ${wanted} partitions.`)
            setAdding(false)
            onChange()
          }}
          onClose={() => setAdding(false)}
        >
          <p class="quiet">Keys may go to other partitions than before. Partitions cannot be taken away again.</p>
          <Field label="Partitions in all">
            <input
              type="number"
              min={partitions.length + 1}
              value={wanted}
              onInput={(event) => setWanted(event.currentTarget.value)}
            />
          </Field>
        </ActionForm>
      ) : null}
    </>
  )
}
