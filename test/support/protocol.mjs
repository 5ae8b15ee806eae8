// The protocol layer of the source, for suites that speak to a broker request by request.
import { importSource } from './source.mjs'

export const protocol = await importSource(`
  export * from './lib/protocol/frame.ts'
  export * from './lib/protocol/frame-reader.ts'
  export * from './lib/protocol/errors.ts'
  export * from './lib/protocol/schema.ts'
  export * from './lib/protocol/records/index.ts'
  export * from './lib/protocol/internal-records/index.ts'
  export { Reader } from './lib/protocol/bytes.ts'
  export { APIS } from './lib/protocol/apis/index.ts'
  export { AbortedFilter } from './lib/client/consumer/aborted-filter.ts'
  export { createRandom } from './lib/weblog/random.ts'
`)

/** The APIs by their names. */
export const apis = Object.fromEntries(protocol.APIS.map((api) => [api.name, api]))
