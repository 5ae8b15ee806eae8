import type { Result } from '../../lib/command/define.ts'
import { confirm } from '../../lib/work/confirm.ts'
import { NOTHING_DONE, showPlanOfOne } from '../../lib/work/outcomes.ts'
import { ofSubject, openToChange, readVersion, type SchemasOrder } from './access.ts'

/** Deletes a subject, or one of its versions; for good only on wish. Throws RegistryError. */
export async function deleteSchemas(order: SchemasOrder): Promise<Result> {
  const { words, values, context } = order
  const [subject] = words as [string]
  const version = readVersion(values.schemaVersion)
  const { permanent: isPermanent, dryRun } = values
  const { client, connection } = await openToChange(order)
  const versions = await ofSubject(client, subject, async () =>
    version === undefined
      ? client.versions(subject, { isDeleted: isPermanent })
      : [(await client.version(subject, version, { isDeleted: isPermanent })).version],
  )
  const what = version === undefined ? subject : `version ${versions[0]} of ${subject}`
  const good = isPermanent ? ' for good' : ''
  if (dryRun)
    return showPlanOfOne({
      data: { subject, versions, permanent: isPermanent },
      sentence: `Would delete ${what}${good}.`,
    })
  if (!(await confirm({ question: `Delete ${what}${good}` }, { values, context, connection }))) return NOTHING_DONE
  const deleted =
    version === undefined
      ? await client.deleteSubject(subject, { isPermanent })
      : [await client.deleteVersion(subject, versions[0]!, { isPermanent })]
  return {
    data: { subject, versions: deleted, permanent: isPermanent },
    text: () => `Deleted ${what}${good}.\n`,
  }
}
