import { Fetch, type FetchRequest, type FetchResponse } from '../../../protocol/apis/fetch.ts'
import { Writer } from '../../../protocol/bytes.ts'
import type { Input } from '../../../protocol/schema.ts'
import type { RequestContext } from '../../handle.ts'
import type { QuotaCaller } from '../../state/quotas/bandwidth-quota.ts'

/**
 * Counts a Produce request; the client is muted, and told, for as long as it is over its quota. Returns the
 * milliseconds.
 */
export function throttleProduce(context: RequestContext): number {
  const throttleTimeMs = context.broker.quotas.produce.record(callerOf(context), context.sizeInBytes)
  context.mute(throttleTimeMs)
  return throttleTimeMs
}

/** More at once than a quota allows in its whole window could never be sent: a fetch asks for that much at most. */
export function withinFetchQuota(request: FetchRequest, context: RequestContext): FetchRequest {
  const maxBytes = context.broker.quotas.fetch.maxBytesAtOnce(callerOf(context))
  return maxBytes >= request.maxBytes
    ? request
    : { ...request, maxBytes, minBytes: Math.min(request.minBytes, maxBytes) }
}

/** Who is over the quota gets nothing, and waits; what was read for the answer does not count then. */
export function throttleFetch(response: Input<FetchResponse>, context: RequestContext): Input<FetchResponse> {
  const [caller, quota] = [callerOf(context), context.broker.quotas.fetch]
  if (!quota.isLimited(caller)) return response
  const sizeInBytes = sizeOf(response, context.header.apiVersion)
  const throttleTimeMs = quota.record(caller, sizeInBytes)
  if (throttleTimeMs === 0) return response
  quota.unrecord(caller, sizeInBytes)
  context.mute(throttleTimeMs)
  return { throttleTimeMs, responses: [] }
}

const callerOf = ({ connection, header }: RequestContext): QuotaCaller => ({
  principal: connection.principal,
  clientId: header.clientId,
})

function sizeOf(response: Input<FetchResponse>, version: number): number {
  const writer = new Writer()
  Fetch.response(version).write(writer, response)
  return writer.length
}
