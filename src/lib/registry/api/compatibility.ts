import { isOn, schemaOf, subjectOf, versionOf, type Call, type Route } from './route.ts'

/** `normalize` is taken and changes nothing: what a schema is written like has no part in what can be read. */
export const compatibilityRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: '/compatibility/subjects/:subject/versions',
    run: (call) => check(call, undefined),
  },
  {
    method: 'POST',
    path: '/compatibility/subjects/:subject/versions/:version',
    run: (call) => check(call, versionOf(call)),
  },
]

async function check(call: Call, version: number | undefined): Promise<object> {
  const messages = await call.registry.check(subjectOf(call), schemaOf(call.body), version)
  return { is_compatible: messages.length === 0, ...(isOn(call, 'verbose') && { messages }) }
}
