import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { wordsOf, type Actions, type ResetTo } from '../../lib/web/actions.ts'
import type { LagView } from '../../lib/web/wire.ts'
import { act, type ApiError } from '../api.ts'
import { grouped } from '../format.ts'
import { useSession } from '../session.ts'
import { Command, Dialog, Field, tell, Trouble } from '../ui/pieces.tsx'

const TARGETS: readonly (readonly [to: ResetTo, title: string, value?: string])[] = [
  ['earliest', 'The oldest record'],
  ['latest', 'The end'],
  ['time', 'A time', '-1h'],
  ['shift', 'By so many records', '-10'],
  ['offset', 'An offset', '0'],
]

/** What `kts groups reset --output json` answers. */
interface Planned {
  readonly topic: string
  readonly partition: number
  readonly currentOffset: number | string | null
  readonly newOffset: number | string
}

export interface ResetProps {
  readonly group: string
  readonly partitions: readonly LagView[]
  readonly onClose: () => void
}

/** Shows what would be moved, and moves it. */
export function Reset({ group, partitions, onClose }: ResetProps): JSX.Element {
  const topics = [...new Set(partitions.map(({ topic }) => topic))]
  const [to, setTo] = useState<ResetTo>('earliest')
  const [value, setValue] = useState('')
  const [topic, setTopic] = useState('')
  const [plan, setPlan] = useState<{ readonly rows: readonly Planned[]; readonly messages: readonly string[] }>()
  const [error, setError] = useState<ApiError>()
  const [isBusy, setBusy] = useState(false)
  const { isReadOnly } = useSession()
  const needsValue = TARGETS.find(([name]) => name === to)?.[2]
  const fields: Actions['group reset'] = {
    group,
    to,
    ...(needsValue !== undefined && { value }),
    topics: topic === '' ? [] : [topic],
    execute: plan !== undefined,
  }
  const perform = async (event: Event): Promise<void> => {
    event.preventDefault()
    setBusy(true)
    setError(undefined)
    try {
      const { data, messages } = await act('group reset', fields)
      if (plan === undefined) setPlan({ rows: data as Planned[], messages })
      else {
        tell('The offsets are moved. Undo brings the old ones back.')
        onClose()
      }
    } catch (failure) {
      setError(failure as ApiError)
    } finally {
      setBusy(false)
    }
  }
  const change = (action: () => void): void => {
    action()
    setPlan(undefined)
  }
  return (
    <Dialog title={`Reset ${group}`} onClose={onClose}>
      <form onSubmit={(event) => void perform(event)}>
        <div class="fields">
          <Field label="To">
            <select
              value={to}
              onChange={(event) => {
                const wanted = event.currentTarget.value as ResetTo
                change(() => {
                  setTo(wanted)
                  setValue(TARGETS.find(([name]) => name === wanted)?.[2] ?? '')
                })
              }}
            >
              {TARGETS.map(([name, title]) => (
                <option key={name} value={name}>
                  {title}
                </option>
              ))}
            </select>
          </Field>
          {needsValue === undefined ? null : (
            <Field label={to === 'time' ? 'Time: -2h, yesterday, 2026-01-31 12:00' : 'Number'}>
              <input
                value={value}
                onInput={(event) => {
                  const { value: typed } = event.currentTarget
                  change(() => setValue(typed))
                }}
              />
            </Field>
          )}
          <Field label="Topic">
            <select
              value={topic}
              onChange={(event) => {
                const chosen = event.currentTarget.value
                change(() => setTopic(chosen))
              }}
            >
              <option value="">All that it has committed for</option>
              {topics.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
        </div>
        {plan ? <PlanTable rows={plan.rows} messages={plan.messages} /> : null}
        <Command words={wordsOf('group reset', fields)} />
        <Trouble error={error} />
        <div class="bar">
          <button class="primary" disabled={isBusy || (plan !== undefined && isReadOnly)}>
            {isBusy
              ? 'Working…'
              : plan
                ? `Move ${plan.rows.length === 1 ? '1 offset' : `${plan.rows.length} offsets`}`
                : 'Show the plan'}
          </button>
          <button type="button" class="plain" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  )
}

interface PlanProps {
  readonly rows: readonly Planned[]
  readonly messages: readonly string[]
}

function PlanTable({ rows, messages }: PlanProps): JSX.Element {
  return (
    <>
      {messages.map((message) => (
        <p class="warn" key={message}>
          {message}
        </p>
      ))}
      <div class="card scroller" tabIndex={0} role="region" aria-label="Plan">
        <table>
          <thead>
            <tr>
              <th scope="col">Topic</th>
              <th scope="col" class="number">
                Partition
              </th>
              <th scope="col" class="number">
                Now
              </th>
              <th scope="col" class="number">
                Then
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ topic, partition, currentOffset, newOffset }) => (
              <tr key={`${topic} ${partition}`}>
                <td>{topic}</td>
                <td class="number">{partition}</td>
                <td class="number">{grouped(currentOffset)}</td>
                <td class="number">{grouped(newOffset)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
