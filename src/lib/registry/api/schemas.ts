import { SCHEMA_TYPES } from '../../schemas/formats.ts'
import { noSuchPath, schemaNotFound } from '../errors.ts'
import { contextOf, DEFAULT_CONTEXT, parseSubject } from '../subject.ts'
import type { Version } from '../stored.ts'
import { deletedOf, isOn, paged, RawText, type Call, type Route } from './route.ts'
import { prefixOf } from './subjects.ts'
import { contentView, textIn, viewOf } from './views.ts'

/** Schemas by what they are: id, guid, all of them. */
export const schemaRoutes: readonly Route[] = [
  { method: 'GET', path: '/schemas', run: listSchemas },
  { method: 'GET', path: '/schemas/types', run: () => SCHEMA_TYPES },
  {
    method: 'GET',
    path: '/schemas/ids/:id',
    run: async (call) => {
      const all = uses(call)
      const use = all.find(isOfSubject(askedSubject(call).name)) ?? all[0]
      const { catalog } = call.registry
      const maxId = isOn(call, 'fetchMaxId') ? catalog.highestId(contextOf(use.subject)) : undefined
      const place = call.isModern && { subject: use.subject, version: use.version }
      return { ...place, ...(await contentView(use, call)), ...(maxId !== undefined && { maxId }) }
    },
  },
  {
    method: 'GET',
    path: '/schemas/ids/:id/schema',
    run: async (call) => new RawText(await textIn(uses(call)[0], call)),
  },
  {
    method: 'GET',
    path: '/schemas/ids/:id/subjects',
    run: (call) => paged([...new Set(usesToShow(call).map(({ subject }) => subject))], call),
  },
  {
    method: 'GET',
    path: '/schemas/ids/:id/versions',
    run: (call) =>
      paged(
        usesToShow(call).map(({ subject, version }) => ({ subject, version })),
        call,
      ),
  },
  {
    method: 'GET',
    path: '/schemas/guids/:guid',
    run: async (call) => contentView(withGuid(call)[0]!, { ...call, isModern: true }),
  },
  {
    method: 'GET',
    path: '/schemas/guids/:guid/ids',
    run: (call) => {
      const ids = new Map(withGuid(call).map(({ subject, id }) => [contextOf(subject), id]))
      return paged(
        [...ids].sort(([a], [b]) => (a < b ? -1 : 1)).map(([context, id]) => ({ context, id })),
        call,
      )
    },
  },
]

async function listSchemas(call: Call): Promise<object[]> {
  const { catalog } = call.registry
  const deleted = deletedOf(call)
  const isLatestOnly = isOn(call, 'latestOnly')
  const versions = catalog
    .subjectNames('with')
    .filter(prefixOf(call))
    .flatMap((subject) => catalog.versions(subject, deleted).slice(isLatestOnly ? -1 : 0))
  return Promise.all(paged(versions, call).map((version) => viewOf(version, call)))
}

/** Where an id is used, with what is deleted: whoever has the id has records that need it. Throws RegistryError. */
function uses(call: Call): [Version, ...Version[]] {
  const { path, registry } = call
  const { catalog } = registry
  const id = /^\d{1,10}$/.test(path['id']!) ? Number(path['id']) : undefined
  if (id === undefined) throw noSuchPath()
  const asked = askedSubject(call)
  const here = catalog.withId(asked.context, id)
  // A client that knows the bare name finds its schema in whichever context it was put.
  const elsewhere =
    here.length > 0 || asked.name === '' || asked.context !== DEFAULT_CONTEXT
      ? []
      : catalog.contextNames().flatMap((other) => catalog.withId(other, id).filter(isOfSubject(asked.name)))
  const [first, ...rest] = [...here, ...elsewhere]
  if (!first) throw schemaNotFound(id)
  return [first, ...rest]
}

function usesToShow(call: Call): Version[] {
  const all = uses(call)
  const deleted = deletedOf(call)
  const shown = all.filter((version) => deleted === 'with' || version.deleted === (deleted === 'only'))
  const asked = askedSubject(call).name
  return shown
    .filter((version) => asked === '' || isOfSubject(asked)(version))
    .sort((a, b) => (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : a.version - b.version))
}

/** `subject=` of a query: an id is asked for as one of that subject. */
const askedSubject = ({ query, context }: Call) => parseSubject(query.get('subject') ?? '', context)

const isOfSubject =
  (name: string) =>
  ({ subject }: Version): boolean =>
    parseSubject(subject).name === name

function withGuid({ registry, path }: Call): Version[] {
  const guid = path['guid']!.toLowerCase()
  const versions = registry.catalog.withGuid(guid)
  if (versions.length === 0) throw schemaNotFound(guid)
  return versions
}
