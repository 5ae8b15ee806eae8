import type { FetchedRecords } from './fetch-request.ts'

/** Responses of one node that are held or under way at a time: one being handed out, and the next. */
const RESPONSES_PER_NODE = 2
const MIB = 1024 * 1024

/** Some of the records of a response. */
interface Chunk extends FetchedRecords {
  readonly response: { readonly nodeId: number; chunksLeft: number }
}

/**
 * What has been fetched and not been handed out yet. It says when another fetch may start, so that a slow reader of the
 * output stops the fetching and memory stays bounded, however many brokers there are.
 */
export class FetchBuffer {
  private readonly ready: Chunk[] = []
  /** Responses of each node, under way or not handed out to the end. */
  private readonly responses = new Map<number, number>()
  private bytes = 0
  private readonly maxBytes: number

  constructor(responseBytes: number) {
    this.maxBytes = Math.max(128 * MIB, 3 * responseBytes)
  }

  get hasRecords(): boolean {
    return this.ready.length > 0
  }

  /**
   * Makes room for a response of at most so many bytes; false when there is none. Every room is given back by `put`.
   */
  reserve(nodeId: number, responseBytes: number): boolean {
    const responses = this.responses.get(nodeId) ?? 0
    if (responses >= RESPONSES_PER_NODE || (this.bytes > 0 && this.bytes + responseBytes > this.maxBytes)) return false
    this.responses.set(nodeId, responses + 1)
    this.bytes += responseBytes
    return true
  }

  /** Puts what has come in the room that was made for it: nothing, when the fetch failed. */
  put(nodeId: number, reservedBytes: number, records: readonly FetchedRecords[]): void {
    this.bytes -= reservedBytes
    if (records.length === 0) return this.endResponse(nodeId)
    const response = { nodeId, chunksLeft: records.length }
    for (const chunk of records) {
      this.bytes += chunk.records.length
      this.ready.push({ ...chunk, response })
    }
  }

  /** The next records that are still wanted. They must be given back with `release` once they have been dealt with. */
  take(): FetchedRecords | undefined {
    for (let chunk = this.ready.shift(); chunk; chunk = this.ready.shift()) {
      if (chunk.version === chunk.partition.version) return chunk
      this.release(chunk)
    }
    return undefined
  }

  /** True when they were the last of their answer: another fetch may start now. */
  release(records: FetchedRecords): boolean {
    const { response } = records as Chunk
    this.bytes -= records.records.length
    response.chunksLeft -= 1
    if (response.chunksLeft > 0) return false
    this.endResponse(response.nodeId)
    return true
  }

  private endResponse(nodeId: number): void {
    this.responses.set(nodeId, this.responses.get(nodeId)! - 1)
  }
}
