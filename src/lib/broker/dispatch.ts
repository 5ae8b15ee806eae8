import { MalformedError } from '../errors.ts'
import type { Api } from '../protocol/api.ts'
import { Reader } from '../protocol/bytes.ts'
import { ERRORS } from '../protocol/errors.ts'
import {
  encodeResponse,
  encodeResponseLater,
  readRequestHeader,
  skipTags,
  type RequestHeader,
} from '../protocol/frame.ts'
import { ApiVersions } from '../protocol/apis/api-versions.ts'
import type { Fields } from '../protocol/schema.ts'
import { Fetch } from '../protocol/apis/fetch.ts'
import { JoinGroup } from '../protocol/apis/join-group.ts'
import { Produce } from '../protocol/apis/produce.ts'
import { SyncGroup } from '../protocol/apis/sync-group.ts'
import type { Answer, ApiHandler, Connection } from './handle.ts'
import type { Broker } from './state/broker.ts'
import type { Incoming } from './state/incoming.ts'
import type { Outgoing } from './state/outgoing.ts'
import { isLarge, type Turns } from './state/turns.ts'

/**
 * No request but Produce is longer. Kafka takes 100 MB of any kind; but ten thousand topics with their longest names
 * are 2.5 MB, and ten thousand members' assignments less than this.
 */
const MOST_BYTES_WITHOUT_RECORDS = 16 * 1024 * 1024
/**
 * What the lists of a request may cost (see Reader): tens of thousands of topics, or hundreds of thousands of
 * partitions.
 */
const MOST_VALUES = 250_000
/** These wait for something else than their turn, so that none of the others must wait for them. */
const WAITING = new Set([Produce.key, Fetch.key, JoinGroup.key, SyncGroup.key])

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

  get incoming(): Incoming {
    return this.broker.incoming
  }

  get turns(): Turns {
    return this.broker.turns
  }

  /** Why a request of so many bytes is not to be taken in, null for one that may come. */
  readonly refuseLength = (apiKey: number, length: number): string | null => {
    if (length <= MOST_BYTES_WITHOUT_RECORDS || apiKey === Produce.key) return null
    const name = this.byKey.get(apiKey)?.api.name ?? `API ${apiKey}`
    return `a ${name} request of ${length} bytes, the limit is ${MOST_BYTES_WITHOUT_RECORDS} for all but Produce`
  }

  /**
   * Synchronous unless the handler waits. Throws MalformedError for a frame that cannot be understood, or whose API or
   * version is not served here: as in Kafka the connection is then closed. `mute` is called when the client exceeds a
   * quota.
   */
  dispatch(
    frame: Buffer,
    connection: Connection,
    mute: (throttleTimeMs: number) => void = () => {},
  ): Reply | Promise<Reply> {
    if (!isLarge(frame.length)) return this.answer(frame, connection, mute)
    const { turns } = this.broker
    const counted = WAITING.has(frame.readInt16BE(0)) ? 0 : frame.length
    return turns.admit(counted, () => this.answer(frame, connection, mute))
  }

  private answer(
    frame: Buffer,
    connection: Connection,
    mute: (throttleTimeMs: number) => void,
  ): Reply | Promise<Reply> {
    const reader = new Reader(frame, 0, frame.length, MOST_VALUES)
    const header = readRequestHeader(reader)
    const handler = this.byKey.get(header.apiKey)
    if (!handler) throw new MalformedError(`no API has the key ${header.apiKey}`)
    const { api } = handler
    if (header.apiVersion < handler.minVersion || header.apiVersion > handler.maxVersion)
      return refuseVersion(handler, header)
    if (api.isFlexible(header.apiVersion)) skipTags(reader)
    // Bytes behind the request are let be, as in Kafka: librdkafka sends three with a Metadata request for all topics.
    const request = api.request(header.apiVersion).read(reader)
    connection.onRequest?.(header, request)
    const { broker } = this
    const authorizer = connection.isOwn ? null : broker.authorizer
    const answer = handler.run(request as never, {
      broker,
      connection,
      header,
      sizeInBytes: frame.length,
      isAllowed: (operation, resourceType, name) =>
        authorizer === null || authorizer.isAllowed(connection, operation, resourceType, name, api.name),
      wouldBeAllowed: (...right) => authorizer === null || authorizer.isAllowed(connection, ...right),
      isAllowedByAnyResource: (...right) =>
        authorizer === null || authorizer.isAllowedByAnyResource(connection, ...right),
      answer: (inner, client) => this.answer(inner, client, mute),
      mute,
    })
    if (answer instanceof Promise || (isLarge(frame.length) && api.key !== Produce.key))
      return this.encodeLater(api, header, answer)
    return answer && encodeResponse(api, header.apiVersion, header.correlationId, answer)
  }

  /** What took its time to find, or was asked for in so many words, may take as long to write. */
  private async encodeLater(
    api: Api,
    { apiVersion, correlationId }: RequestHeader,
    answer: Answer<Fields> | Promise<Answer<Fields>>,
  ): Promise<Reply> {
    const response = await answer
    return response && encodeResponseLater(api, apiVersion, correlationId, response, this.broker.turns.pause)
  }
}

/**
 * A client that begins with a version of ApiVersions from the future is told, in version 0, which ones there are
 * (KIP-511).
 */
function refuseVersion({ api, minVersion, maxVersion }: ApiHandler, header: RequestHeader): Reply {
  if (api.key !== ApiVersions.key) throw new MalformedError(`version ${header.apiVersion} of ${api.name} is not served`)
  const apiKeys = [{ apiKey: ApiVersions.key, minVersion, maxVersion }]
  return encodeResponse(ApiVersions, 0, header.correlationId, { errorCode: ERRORS.UNSUPPORTED_VERSION, apiKeys })
}
