import type { Result } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import { suggest } from '../../lib/suggest.ts'
import { COMPATIBILITY_LEVELS, MODES, RegistryError, type RegistryClient } from '../../lib/schemas/client/index.ts'
import { showPlanOfOne } from '../../lib/work/outcomes.ts'
import { openRegistry, openToChange, type SchemasOrder } from './access.ts'

/** A setting that the registry has, and each subject may have of its own. */
interface Setting<V extends string> {
  readonly name: string
  readonly values: readonly V[]
  get(client: RegistryClient, subject: string | undefined, options?: { isOwn?: boolean }): Promise<V>
  set(client: RegistryClient, value: V, subject: string | undefined, isForced: boolean): Promise<void>
  unset(client: RegistryClient, subject: string): Promise<void>
}

const LEVEL: Setting<(typeof COMPATIBILITY_LEVELS)[number]> = {
  name: 'compatibility',
  values: COMPATIBILITY_LEVELS,
  get: (client, subject, options) => client.level(subject, options),
  set: (client, value, subject) => client.setLevel(value, subject),
  unset: (client, subject) => client.deleteLevel(subject),
}

const MODE: Setting<(typeof MODES)[number]> = {
  name: 'mode',
  values: MODES,
  get: (client, subject, options) => client.mode(subject, options),
  set: (client, value, subject, isForced) => client.setMode(value, subject, { isForced }),
  unset: (client, subject) => client.deleteMode(subject),
}

/** Shows or sets the level of compatibility, of the registry or of a subject. Throws UserError, RegistryError. */
export const configSchemas = (order: SchemasOrder): Promise<Result> => showOrSet(LEVEL, order)

/** The same of the mode. */
export const modeOfSchemas = (order: SchemasOrder): Promise<Result> => showOrSet(MODE, order)

async function showOrSet<V extends string>(setting: Setting<V>, order: SchemasOrder): Promise<Result> {
  const { set, unset } = order.values
  if (set !== undefined && unset) throw new UserError('--set and --unset contradict each other')
  if (set !== undefined) return change(setting, readValue(setting, set), order)
  if (unset) return remove(setting, order)
  const { client } = await openRegistry(order)
  const [subject] = order.words
  const own = await ownValue(setting, client, subject)
  const value = own ?? (await setting.get(client, undefined))
  const place = subject === undefined ? '' : own === undefined ? ', as the registry has it' : ', its own'
  return {
    data: { subject: subject ?? null, [setting.name]: value, isOwn: own !== undefined },
    text: () => `${value}\n`,
    table: () => `${subject ?? 'The registry'}: ${value}${place}\n`,
  }
}

/** Undefined for a subject that has none of its own. */
async function ownValue<V extends string>(
  { get }: Setting<V>,
  client: RegistryClient,
  subject: string | undefined,
): Promise<V | undefined> {
  try {
    return await get(client, subject, { isOwn: true })
  } catch (error) {
    if (subject !== undefined && error instanceof RegistryError && error.isNotFound) return undefined
    throw error
  }
}

async function change<V extends string>(setting: Setting<V>, value: V, order: SchemasOrder): Promise<Result> {
  const [subject] = order.words
  const { dryRun, force } = order.values
  const { client } = await openToChange(order)
  const what = `the ${setting.name} of ${subject ?? 'the registry'} to ${value}`
  const data = { subject: subject ?? null, [setting.name]: value }
  if (dryRun) return showPlanOfOne({ data, sentence: `Would set ${what}.` })
  await setting.set(client, value, subject, force)
  return { data, text: () => `Set ${what}.\n` }
}

async function remove<V extends string>(setting: Setting<V>, order: SchemasOrder): Promise<Result> {
  const [subject] = order.words
  if (subject === undefined) throw new UserError('--unset takes a subject')
  const { client } = await openToChange(order)
  const what = `the ${setting.name} of ${subject}`
  if (order.values.dryRun) return showPlanOfOne({ data: { subject }, sentence: `Would unset ${what}.` })
  await setting.unset(client, subject)
  return { data: { subject, unset: setting.name }, text: () => `Unset ${what}.\n` }
}

function readValue<V extends string>({ name, values }: Setting<V>, text: string): V {
  const value = values.find((known) => known === text.toUpperCase())
  if (value) return value
  const meant = suggest(text.toUpperCase(), values)
  throw new UserError(
    `--set ${text}: there is no such ${name}; ${meant ? `did you mean ${meant}?` : `known are ${values.join(', ')}`}`,
  )
}
