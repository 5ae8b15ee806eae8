import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { recordsWords } from '../../../lib/web/view-words.ts'
import type { RecordView, TopicView } from '../../../lib/web/wire.ts'
import { apiUrl } from '../../api.ts'
import { bytes, grouped, inLine, time } from '../../format.ts'
import { goWith } from '../../router.ts'
import { useSession } from '../../session.ts'
import { Command, Empty } from '../../ui/pieces.tsx'
import { Table, type Column } from '../../ui/table.tsx'
import { Detail } from './detail.tsx'
import { Produce } from './produce.tsx'
import { useRecords, type Reading, type ReadingQuery } from './reading.ts'
import { Upload } from './upload.tsx'

const COLUMNS: readonly Column<RecordView>[] = [
  { title: 'Time', cell: ({ timestamp }) => <Time timestamp={timestamp} /> },
  { title: 'Partition', isNumber: true, isWide: true, cell: ({ partition }) => partition },
  { title: 'Offset', isNumber: true, cell: ({ offset }) => grouped(offset) },
  { title: 'Key', cell: ({ key }) => <Cell text={inLine(key)} isNull={key === null} /> },
  { title: 'Value', isLong: true, cell: ({ value }) => <Cell text={inLine(value)} isNull={value === null} /> },
  { title: 'Size', isNumber: true, isWide: true, cell: ({ value }) => bytes(value?.size ?? 0) },
]

/** Where there is little room the day gives way. */
function Time({ timestamp }: Pick<RecordView, 'timestamp'>): JSX.Element {
  const [day = '', ...rest] = time(timestamp).split(' ')
  if (rest.length === 0) return <span class="mono">{day}</span>
  return (
    <span class="mono">
      <span class="wide">{`${day} `}</span>
      {rest.join(' ')}
    </span>
  )
}

const Cell = ({ text, isNull }: { readonly text: string; readonly isNull: boolean }): JSX.Element => (
  <span class={isNull ? 'mono quiet' : 'mono cell'}>{text}</span>
)

export const nameOf = ({ partition, offset }: Pick<RecordView, 'partition' | 'offset'>): string =>
  `${partition}:${offset}`

export interface RecordsProps {
  readonly topic: TopicView
  readonly query: URLSearchParams
}

export function Records({ topic: { topic, partitions }, query }: RecordsProps): JSX.Element {
  const asked: ReadingQuery = {
    topic,
    from: query.get('from') ?? 'newest',
    partition: query.get('partition') ?? '',
    filter: query.get('filter') ?? '',
  }
  const reading = useRecords(asked)
  const [dialog, setDialog] = useState<'produce' | 'upload' | { readonly again: RecordView }>()
  const chosen = query.get('record')
  const { hidesValues, schemaRegistry } = useSession()
  const at = reading.records.findIndex((record) => nameOf(record) === chosen)
  const choose = (index: number): void => {
    const record = reading.records[index]
    if (record) goWith({ record: nameOf(record) })
  }
  return (
    <>
      <Bar asked={asked} partitions={partitions.length} onProduce={() => setDialog('produce')} />
      <Status asked={asked} reading={reading} />
      <div class={chosen ? 'records with-detail' : 'records'}>
        {reading.records.length > 0 ? (
          <Table
            label="Records"
            columns={COLUMNS}
            rows={reading.records}
            keyOf={nameOf}
            isChosen={(record) => nameOf(record) === chosen}
            onChoose={(record) => goWith({ record: nameOf(record) })}
          />
        ) : (
          <div class="card">
            <Nothing asked={asked} reading={reading} />
          </div>
        )}
        {chosen ? <Detail topic={topic} name={chosen} onAgain={(record) => setDialog({ again: record })} /> : null}
      </div>
      <button type="button" class="visually-hidden" data-next tabIndex={-1} onClick={() => choose(at + 1)}>
        Next record
      </button>
      <button type="button" class="visually-hidden" data-previous tabIndex={-1} onClick={() => choose(at - 1)}>
        Previous record
      </button>
      <div class="bar">
        {hidesValues ? null : (
          <a
            class="button"
            download
            href={apiUrl(`/topics/${encodeURIComponent(topic)}/download`, {
              ...asked,
              topic: undefined,
              from: asked.from === 'live' ? 'oldest' : asked.from,
            })}
          >
            Download NDJSON
          </a>
        )}
        <button type="button" onClick={() => setDialog('upload')}>
          Upload NDJSON
        </button>
      </div>
      <Command
        words={[...recordsWords(asked), ...(schemaRegistry === null ? [] : [`--schema-registry=${schemaRegistry}`])]}
      />
      {dialog === 'upload' ? <Upload topic={topic} onClose={() => setDialog(undefined)} /> : null}
      {dialog !== undefined && dialog !== 'upload' ? (
        <Produce
          topic={topic}
          again={dialog === 'produce' ? undefined : dialog.again}
          onClose={() => setDialog(undefined)}
        />
      ) : null}
    </>
  )
}

const KINDS = [
  ['newest', 'Newest first'],
  ['oldest', 'Oldest first'],
  ['offset', 'From offset'],
  ['time', 'From time'],
  ['live', 'Live'],
] as const

interface BarProps {
  readonly asked: ReadingQuery
  readonly partitions: number
  readonly onProduce: () => void
}

function Bar({ asked, partitions, onProduce }: BarProps): JSX.Element {
  const [kind = 'newest', ...rest] = asked.from.split(':')
  const [filter, setFilter] = useState(asked.filter)
  const needsValue = kind === 'offset' || kind === 'time'
  const read = (event: Event): void => {
    event.preventDefault()
    goWith({ filter, record: null })
  }
  return (
    <form class="bar" onSubmit={read}>
      <select
        aria-label="Where to begin"
        value={kind}
        onChange={(event) => {
          const { value } = event.currentTarget
          goWith({ from: value === 'offset' ? 'offset:0' : value === 'time' ? 'time:-1h' : value, record: null })
        }}
      >
        {KINDS.map(([value, title]) => (
          <option key={value} value={value}>
            {title}
          </option>
        ))}
      </select>
      {needsValue ? (
        <input
          aria-label={kind === 'offset' ? 'Offset' : 'Time, such as -2h or 2026-01-31 12:00'}
          key={kind}
          value={rest.join(':')}
          onChange={(event) => goWith({ from: `${kind}:${event.currentTarget.value}`, record: null })}
        />
      ) : null}
      <select
        aria-label="Partition"
        value={asked.partition}
        onChange={(event) => goWith({ partition: event.currentTarget.value, record: null })}
      >
        <option value="">All partitions</option>
        {Array.from({ length: partitions }, (_, partition) => (
          <option key={partition} value={String(partition)}>
            {`Partition ${partition}`}
          </option>
        ))}
      </select>
      <input
        class="grow"
        type="search"
        data-filter
        aria-label="Filter records"
        placeholder="text, /expression/, or status = 500  ( / )"
        value={filter}
        onInput={(event) => setFilter(event.currentTarget.value)}
        onChange={(event) => goWith({ filter: event.currentTarget.value, record: null })}
      />
      <button>Search</button>
      <button
        type="button"
        data-live
        aria-pressed={asked.from === 'live'}
        onClick={() => goWith({ from: asked.from === 'live' ? null : 'live', record: null })}
      >
        Live
      </button>
      <button type="button" class="primary" data-new onClick={onProduce}>
        New record
      </button>
    </form>
  )
}

interface StateProps {
  readonly asked: ReadingQuery
  readonly reading: Reading
}

/** One line that is always there: nothing below it moves. */
function Status({ asked, reading }: StateProps): JSX.Element {
  const { progress, problem, records, passed, isReading, waiting, next } = reading
  if (problem)
    return (
      <div class="note bad" role="alert">
        {problem.error}
      </div>
    )
  if (asked.from === 'live')
    return (
      <div class="bar quiet" role="status">
        {waiting === undefined && isReading ? <span>Going to the end…</span> : <LiveState waiting={waiting} />}
        {passed > 0 ? <span>{`${grouped(passed)} earlier ones are not shown`}</span> : null}
      </div>
    )
  const share = progress && progress.total !== '0' ? Number(progress.scanned) / Number(progress.total) : 0
  return (
    <>
      <div class="bar quiet" role="status">
        <span>
          {progress
            ? `${grouped(records.length)} found, ${grouped(progress.scanned)} of ${grouped(progress.total)} looked at, ${grouped(progress.perSecond)}/s`
            : isReading
              ? 'Reading…'
              : `${grouped(records.length)} found`}
        </span>
        {isReading ? (
          <button type="button" onClick={reading.stop}>
            Stop
          </button>
        ) : null}
        {next !== null && !isReading ? (
          <button type="button" onClick={reading.more}>
            More
          </button>
        ) : null}
      </div>
      <div class="progress" aria-hidden="true">
        <div style={{ width: isReading ? `${Math.min(100, share * 100)}%` : '0' }} />
      </div>
    </>
  )
}

const LiveState = ({ waiting }: { readonly waiting: string | undefined }): JSX.Element => (
  <span class={waiting === undefined ? 'live' : 'warn'}>
    {waiting ?? 'Live: records are shown as they are written'}
  </span>
)

function Nothing({ asked, reading: { isReading, problem } }: StateProps): JSX.Element {
  if (problem) return <Empty>Nothing could be read.</Empty>
  if (asked.from === 'live') return <Empty>Nothing has been written since this view was opened.</Empty>
  if (isReading) return <Empty>Reading…</Empty>
  return <Empty>{asked.filter === '' ? 'There are no records here.' : 'No record fits the filter.'}</Empty>
}
