import type { Api } from '../protocol/api.ts'
import type { Fields, Input, Message } from '../protocol/schema.ts'

export interface Refused {
  readonly errorCode: number
  readonly errorMessage: string
}

type Values = Readonly<Record<string, NonNullable<unknown> | undefined>>

/** Fields by which an item of a request is known again in the answer. */
const NAMES = ['name', 'topicId', 'resourceType', 'resourceName', 'entity']

/** An answer that refuses all: as a whole where the API can say that, or else each item of the request. */
export function refuseAll<Q extends Fields, S extends Fields>(
  { fields }: Api<Q, S>,
  request: Message<Q>,
  refused: Refused,
): Input<Message<S>> {
  const answer = 'errorCode' in fields.response ? refused : eachRefused(fields.response, request as Values, refused)
  return answer as unknown as Input<Message<S>>
}

function eachRefused(response: Fields, request: Values, refused: Refused): Values {
  const list = Object.entries(response).find(([, { of }]) => of !== undefined && 'errorCode' in of)![0]
  const items = Object.values(request).filter(Array.isArray).flat() as (string | Values)[]
  return {
    [list]: items.map((item) => {
      const named = typeof item === 'string' ? { name: item } : item
      const identity = Object.entries(named).filter(([key]) => NAMES.includes(key))
      return { ...Object.fromEntries(identity), user: named['name'], ...refused }
    }),
  }
}
