import { codecs, type Codec } from './compile.ts'
import { bounds, within, type Fields, type Input, type Message, type Versions } from './schema.ts'

interface Declaration<Q extends Fields, S extends Fields> {
  versions: Versions
  flexible: Versions
  request: Q
  response: S
}

/** One Kafka API: its key, its versions, and a codec for each version of its request and response. */
export interface Api<Q extends Fields = Fields, S extends Fields = Fields> {
  readonly key: number
  readonly name: string
  readonly minVersion: number
  readonly maxVersion: number
  isFlexible(version: number): boolean
  request(version: number): Codec<Q>
  response(version: number): Codec<S>
  readonly fields: { readonly request: Q; readonly response: S }
}

/** An API without its fields: what it is called, and in which versions it is known. */
export type ApiId = Pick<Api, 'key' | 'name' | 'minVersion' | 'maxVersion'>

export type RequestOf<A> = A extends Api<infer Q, Fields> ? Message<Q> : never
export type ResponseOf<A> = A extends Api<Fields, infer S> ? Message<S> : never
export type RequestInput<A> = Input<RequestOf<A>>

export function api<Q extends Fields, S extends Fields>(
  key: number,
  name: string,
  declaration: Declaration<Q, S>,
): Api<Q, S> {
  const [minVersion, maxVersion] = bounds(declaration.versions)
  const { flexible, request, response } = declaration
  return {
    key,
    name,
    minVersion,
    maxVersion,
    isFlexible: (version) => within(flexible, version),
    request: codecs(request, flexible),
    response: codecs(response, flexible),
    fields: { request, response },
  }
}
