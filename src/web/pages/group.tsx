import type { JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { named, wordsOf, type Actions } from '../../lib/web/actions.ts'
import type { GroupView, LagView, MemberView, Problem } from '../../lib/web/wire.ts'
import { act, apiUrl, ApiError, listen } from '../api.ts'
import { duration, grouped, rate } from '../format.ts'
import { useVisible } from '../hooks.ts'
import { go, pathTo } from '../router.ts'
import { ActionForm, Command, Empty, tell, Trouble } from '../ui/pieces.tsx'
import { Chart } from '../ui/chart.tsx'
import { Table, type Column } from '../ui/table.tsx'
import { Reset } from './reset.tsx'

const MOST_POINTS = 600

interface GroupEvents {
  readonly lag: GroupView
  readonly problem: Problem
  readonly waiting: { readonly reason: string }
}

interface Watched {
  readonly view?: GroupView
  readonly error?: ApiError
  /** Total lags since the page was opened. */
  readonly lags: readonly number[]
}

function useGroup(group: string): Watched {
  const [state, setState] = useState<Watched>({ lags: [] })
  const isVisible = useVisible()
  useEffect(() => {
    if (!isVisible) return undefined
    const fail = (message: string, code?: string): void =>
      setState((before) => ({ ...before, error: new ApiError(message, 409, code) }))
    return listen<GroupEvents>(
      apiUrl(`/groups/${encodeURIComponent(group)}/lag`),
      {
        lag: (view) =>
          setState(({ lags }) => ({
            view,
            lags: view.lag === null ? lags : [...lags, Number(view.lag)].slice(-MOST_POINTS),
          })),
        problem: ({ error, code }) => fail(error, code),
        waiting: ({ reason }) => fail(reason),
      },
      () => fail('the connection to kts web has broken off; trying again'),
    )
  }, [group, isVisible])
  return state
}

export function GroupPage({ group }: { readonly group: string }): JSX.Element {
  const { view, error, lags } = useGroup(group)
  const [dialog, setDialog] = useState<'reset' | 'delete' | { readonly forget: string }>()
  const close = (): void => setDialog(undefined)
  return (
    <>
      <div class="head">
        <div>
          <a class="crumb" href={pathTo(['groups'])}>
            Groups
          </a>
          <h1>{group === '' ? '(empty name)' : group}</h1>
        </div>
        {view ? <span class={view.state === 'Stable' ? 'pill good' : 'pill'}>{view.state}</span> : null}
        {view ? <span class="quiet">{view.type}</span> : null}
        <div class="actions">
          <button type="button" data-new onClick={() => setDialog('reset')}>
            Reset offsets
          </button>
          <button type="button" onClick={() => void undo(group)}>
            Undo
          </button>
          <button type="button" class="danger" onClick={() => setDialog('delete')}>
            Delete
          </button>
        </div>
      </div>
      <Trouble error={error} />
      {view ? <Facts view={view} lags={lags} /> : null}
      {view && view.partitions.length === 0 ? <Empty>The group has committed nothing, and reads nothing.</Empty> : null}
      {view && view.partitions.length > 0 ? (
        <Table
          label="Lag of each partition"
          columns={columnsWith((topic) => setDialog({ forget: topic }))}
          rows={view.partitions}
          keyOf={({ topic, partition, memberId }) => `${topic} ${partition} ${memberId ?? ''}`}
        />
      ) : null}
      {view && view.members.length > 0 ? (
        <>
          <h2>Members</h2>
          <Table label="Members" columns={MEMBERS} rows={view.members} keyOf={({ memberId }) => memberId} />
        </>
      ) : null}
      <Command words={[...named(['groups', 'describe'], 'group', group), '--watch']} />
      {dialog === 'reset' ? <Reset group={group} partitions={view?.partitions ?? []} onClose={close} /> : null}
      {dialog === 'delete' ? (
        <ActionForm
          title={`Delete ${group}`}
          submit="Delete the group"
          isDanger
          words={wordsOf('group delete', { group })}
          run={(typed) => act('group delete', { group }, typed)}
          onDone={() => {
            tell(`Group ${group} is deleted.`)
            go(pathTo(['groups']))
          }}
          onClose={close}
        >
          <p>What the group has committed goes with it; Undo brings the offsets back.</p>
        </ActionForm>
      ) : null}
      {typeof dialog === 'object' ? <Forget group={group} topic={dialog.forget} onClose={close} /> : null}
    </>
  )
}

async function undo(group: string): Promise<void> {
  try {
    await act('group undo', { group })
    tell('The offsets from before are back.')
  } catch (error) {
    tell((error as ApiError).message)
  }
}

interface ForgetProps {
  readonly group: string
  readonly topic: string
  readonly onClose: () => void
}

function Forget({ group, topic, onClose }: ForgetProps): JSX.Element {
  const fields: Actions['group delete-offsets'] = { group, topics: [topic] }
  return (
    <ActionForm
      title={`Delete offsets of ${topic}`}
      submit="Delete what is committed"
      isDanger
      words={wordsOf('group delete-offsets', fields)}
      run={(typed) => act('group delete-offsets', fields, typed)}
      onDone={() => {
        tell(`The offsets of ${topic} are deleted.`)
        onClose()
      }}
      onClose={onClose}
    >
      <p>The group begins anew in this topic. Undo brings the offsets back.</p>
    </ActionForm>
  )
}

function Facts({ view, lags }: { readonly view: GroupView; readonly lags: readonly number[] }): JSX.Element {
  const { lag, consumedPerSecond, producedPerSecond, secondsToCatchUp, members } = view
  return (
    <div class="card">
      <dl class="facts">
        <div>
          <dt>Lag</dt>
          <dd data-lag>{grouped(lag)}</dd>
        </div>
        <div>
          <dt>Read</dt>
          <dd>{rate(consumedPerSecond)}</dd>
        </div>
        <div>
          <dt>Written</dt>
          <dd>{rate(producedPerSecond)}</dd>
        </div>
        <div>
          <dt>Time to catch up</dt>
          <dd>{lag === '0' ? 'none left' : duration(secondsToCatchUp)}</dd>
        </div>
        <div>
          <dt>Members</dt>
          <dd>{grouped(members.length)}</dd>
        </div>
      </dl>
      <p class="caption">Lag since this page was opened</p>
      <Chart label="Lag since this page was opened" values={lags} />
    </div>
  )
}

const columnsWith = (onForget: (topic: string) => void): readonly Column<LagView>[] => [
  {
    title: 'Topic',
    by: ({ topic }) => topic,
    cell: ({ topic }) => <a href={pathTo(['topics', topic])}>{topic}</a>,
  },
  { title: 'Partition', isNumber: true, by: ({ partition }) => partition, cell: ({ partition }) => partition },
  { title: 'Committed', isNumber: true, isWide: true, cell: ({ currentOffset }) => grouped(currentOffset) },
  { title: 'End', isNumber: true, isWide: true, cell: ({ endOffset }) => grouped(endOffset) },
  { title: 'Lag', isNumber: true, by: ({ lag }) => BigInt(lag ?? -1), cell: ({ lag }) => grouped(lag) },
  { title: 'Read', isNumber: true, isWide: true, cell: ({ consumedPerSecond }) => rate(consumedPerSecond) },
  { title: 'Member', isWide: true, cell: ({ clientId }) => clientId ?? <span class="quiet">nobody</span> },
  {
    title: 'Action',
    isWide: true,
    cell: ({ topic }) => (
      <button type="button" class="plain" aria-label={`Delete offsets of ${topic}`} onClick={() => onForget(topic)}>
        Delete offsets
      </button>
    ),
  },
]

const MEMBERS: readonly Column<MemberView>[] = [
  { title: 'Client', cell: ({ clientId }) => clientId },
  { title: 'Member id', isWide: true, cell: ({ memberId }) => <span class="mono">{memberId}</span> },
  { title: 'Host', cell: ({ host }) => <span class="mono">{host}</span> },
  { title: 'Partitions', isNumber: true, by: ({ partitions }) => partitions, cell: ({ partitions }) => partitions },
]
