import { schemaNotFound } from '../errors.ts'
import { hasPrefix } from '../subject.ts'
import { deletedOf, isOn, paged, RawText, schemaOf, subjectOf, versionOf, type Call, type Route } from './route.ts'
import { textIn, viewOf } from './views.ts'

/** Subjects, their versions, and what is registered under them. */
export const subjectRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/subjects',
    run: (call) => paged(call.registry.catalog.subjectNames(deletedOf(call)).filter(prefixOf(call)), call),
  },
  {
    method: 'POST',
    path: '/subjects/:subject',
    run: async (call) => {
      const options = { deleted: deletedOf(call), normalizes: isOn(call, 'normalize') }
      return viewOf(await call.registry.find(subjectOf(call), schemaOf(call.body), options), call)
    },
  },
  {
    method: 'DELETE',
    path: '/subjects/:subject',
    isChange: true,
    run: (call) => call.registry.deleteSubject(subjectOf(call), isOn(call, 'permanent')),
  },
  { method: 'GET', path: '/subjects/:subject/metadata', run: latestWithMetadata },
  {
    method: 'GET',
    path: '/subjects/:subject/versions',
    run: (call) =>
      paged(
        call.registry.versions(subjectOf(call), deletedOf(call)).map(({ version }) => version),
        call,
      ),
  },
  {
    method: 'POST',
    path: '/subjects/:subject/versions',
    isChange: true,
    run: async (call) => {
      const version = await call.registry.register(subjectOf(call), schemaOf(call.body), {
        normalizes: isOn(call, 'normalize'),
      })
      return call.isModern ? viewOf(version, call) : { id: version.id }
    },
  },
  { method: 'GET', path: '/subjects/:subject/versions/:version', run: async (call) => viewOf(found(call), call) },
  {
    method: 'DELETE',
    path: '/subjects/:subject/versions/:version',
    isChange: true,
    run: (call) => call.registry.deleteVersion(subjectOf(call), versionOf(call), isOn(call, 'permanent')),
  },
  {
    method: 'GET',
    path: '/subjects/:subject/versions/:version/schema',
    run: async (call) => new RawText(await textIn(found(call), call)),
  },
  {
    method: 'GET',
    path: '/subjects/:subject/versions/:version/referencedby',
    run: (call) => {
      const { subject, version } = call.registry.version(subjectOf(call), versionOf(call), 'with')
      const ids = call.registry.catalog.referencing(subject, version, deletedOf(call)).map(({ id }) => id)
      return paged(
        [...new Set(ids)].sort((a, b) => a - b),
        call,
      )
    },
  },
]

/** Those of all contexts, unless a context or a prefix is named. */
export function prefixOf({ query, context }: Call): (subject: string) => boolean {
  const prefix = query.get('subjectPrefix')
  if (prefix !== null) return hasPrefix(prefix, context)
  return hasPrefix(context === '.' ? ':*:' : '', context)
}

const found = (call: Call) => call.registry.version(subjectOf(call), versionOf(call), deletedOf(call))

/** The latest version whose metadata have the properties `key`=`value`, each of which may come several times. */
async function latestWithMetadata(call: Call): Promise<object> {
  const [keys, values] = [call.query.getAll('key'), call.query.getAll('value')]
  const versions = call.registry.versions(subjectOf(call), deletedOf(call))
  const latest = versions.findLast(({ metadata }) =>
    keys.every((key, index) => metadata?.properties?.[key] === values[index]),
  )
  if (!latest) throw schemaNotFound()
  return viewOf(latest, call)
}
