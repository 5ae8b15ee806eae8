import type { JSX } from 'preact'
import { useState } from 'preact/hooks'
import { named, wordsOf } from '../../../lib/web/actions.ts'
import type { ConfigView } from '../../../lib/web/wire.ts'
import { act, apiUrl } from '../../api.ts'
import { useData } from '../../hooks.ts'
import { usePlace } from '../../router.ts'
import { ActionForm, Command, Field, ListFilter, tell, Trouble } from '../../ui/pieces.tsx'
import { Table, type Column } from '../../ui/table.tsx'

const isOwn = ({ source }: ConfigView): boolean => source === 'DYNAMIC_TOPIC_CONFIG'

const COLUMNS: readonly Column<ConfigView>[] = [
  { title: 'Setting', by: ({ name }) => name, cell: ({ name }) => <span class="mono">{name}</span> },
  {
    title: 'Value',
    cell: ({ value, isSensitive }) => (
      <span class="mono">{isSensitive ? 'secret' : value === '' ? '(empty)' : value}</span>
    ),
  },
  {
    title: 'Set by',
    by: ({ source }) => source,
    cell: (config) =>
      isOwn(config) ? <span class="pill good">topic</span> : <span class="quiet">{sourceOf(config)}</span>,
  },
]

const sourceOf = ({ source }: ConfigView): string =>
  source === 'DEFAULT_CONFIG' ? 'default' : source.toLowerCase().replace('_config', '').replaceAll('_', ' ')

export function Settings({ topic }: { readonly topic: string }): JSX.Element {
  const { data, error, reload } = useData<ConfigView[]>(apiUrl(`/topics/${encodeURIComponent(topic)}/configs`))
  const { query } = usePlace()
  const [edited, setEdited] = useState<ConfigView>()
  const filter = query.get('q') ?? ''
  const rows = (data ?? [])
    .filter(({ name }) => name.includes(filter.toLowerCase()))
    .sort((a, b) => Number(isOwn(b)) - Number(isOwn(a)))
  return (
    <>
      <div class="bar">
        <ListFilter what="settings" value={filter} />
      </div>
      <Trouble error={error} />
      {rows.length > 0 ? (
        <Table
          label="Settings"
          columns={[
            ...COLUMNS,
            {
              title: 'Action',
              cell: (config) =>
                config.isReadOnly ? null : (
                  <button
                    type="button"
                    class="plain"
                    onClick={() => setEdited(config)}
                    aria-label={`Change ${config.name}`}
                  >
                    Change
                  </button>
                ),
            },
          ]}
          rows={rows}
          keyOf={({ name }) => name}
        />
      ) : null}
      <Command words={named(['configs', 'describe'], 'topic', topic)} />
      {edited ? (
        <Change
          topic={topic}
          config={edited}
          onClose={() => setEdited(undefined)}
          onDone={() => {
            tell(`${edited.name} is changed.`)
            setEdited(undefined)
            reload()
          }}
        />
      ) : null}
    </>
  )
}

interface ChangeProps {
  readonly topic: string
  readonly config: ConfigView
  readonly onClose: () => void
  readonly onDone: () => void
}

function Change({ topic, config, onClose, onDone }: ChangeProps): JSX.Element {
  const [value, setValue] = useState<string | null>(config.value ?? '')
  const fields = { topic, name: config.name, value }
  return (
    <ActionForm
      title={config.name}
      submit={value === null ? 'Take back' : 'Set'}
      words={wordsOf('topic set', fields)}
      isReady={value !== config.value}
      run={() => act('topic set', fields)}
      onDone={onDone}
      onClose={onClose}
    >
      <Field label="Value">
        <input
          class="mono"
          autofocus
          value={value ?? config.inherited ?? ''}
          onInput={(event) => setValue(event.currentTarget.value)}
        />
      </Field>
      {isOwn(config) ? (
        <button type="button" aria-pressed={value === null} onClick={() => setValue(null)}>
          {`Back to ${config.inherited ?? 'the default'}`}
        </button>
      ) : null}
    </ActionForm>
  )
}
