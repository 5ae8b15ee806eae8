import { MalformedError } from '../errors.ts'
import { Reader } from '../protocol/bytes.ts'
import { ERRORS } from '../protocol/errors.ts'
import { encodeResponse, readRequestHeader, skipTags, type RequestHeader } from '../protocol/frame.ts'
import { ApiVersions } from '../protocol/apis/api-versions.ts'
import type { Fields } from '../protocol/schema.ts'
import type { Answer, ApiHandler, Connection } from './handle.ts'
import type { Broker } from './state/broker.ts'
import type { Outgoing } from './state/outgoing.ts'

/** The chunks of a response frame, or null where Kafka sends none. */
export type Reply = Buffer[] | null

/** Finds the handler of a request, decodes, answers, encodes. */
export class Dispatcher {
  private readonly byKey: ReadonlyMap<number, ApiHandler>

  constructor(
    private readonly broker: Broker,
    handlers: readonly ApiHandler[],
  ) {
    this.byKey = new Map(handlers.map((handler) => [handler.api.key, handler]))
  }

  get outgoing(): Outgoing {
    return this.broker.outgoing
  }

  /**
   * Synchronous unless the handler waits. Throws MalformedError for a frame that cannot be understood, or whose API or
   * version is not served here: as in Kafka the connection is then closed. `mute` is called when the client exceeds a quota.
   */
  dispatch(frame: Buffer, connection: Connection, mute: (throttleTimeMs: number) => void = () => {}): Reply | Promise<Reply> {
    const reader = new Reader(frame)
    const header = readRequestHeader(reader)
    const handler = this.byKey.get(header.apiKey)
    if (!handler) throw new MalformedError(`no API has the key ${header.apiKey}`)
    const { api } = handler
    if (header.apiVersion < handler.minVersion || header.apiVersion > handler.maxVersion) return refuseVersion(handler, header)
    if (api.isFlexible(header.apiVersion)) skipTags(reader)
    // Bytes behind the request are let be, as in Kafka: librdkafka sends three with a Metadata request for all topics.
    const request = api.request(header.apiVersion).read(reader)
    const answer = handler.run(request as never, { broker: this.broker, connection, header, sizeInBytes: frame.length, mute })
    const encode = (response: Answer<Fields>): Reply => response && encodeResponse(api, header.apiVersion, header.correlationId, response)
    return answer instanceof Promise ? answer.then(encode) : encode(answer)
  }
}

/** A client that begins with a version of ApiVersions from the future is told, in version 0, which ones there are (KIP-511). */
function refuseVersion({ api, minVersion, maxVersion }: ApiHandler, header: RequestHeader): Reply {
  if (api.key !== ApiVersions.key) throw new MalformedError(`version ${header.apiVersion} of ${api.name} is not served`)
  const apiKeys = [{ apiKey: ApiVersions.key, minVersion, maxVersion }]
  return encodeResponse(ApiVersions, 0, header.correlationId, { errorCode: ERRORS.UNSUPPORTED_VERSION, apiKeys })
}
