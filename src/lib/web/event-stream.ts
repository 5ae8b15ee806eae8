import type { ServerResponse } from 'node:http'
import { toJson } from '../output/json.ts'
import { drained } from './drained.ts'

/** Server-sent events of one response. */
export class EventStream {
  constructor(private readonly response: ServerResponse) {
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' })
    response.flushHeaders()
  }

  /** With an id, which the browser brings back when it comes again (Last-Event-ID). */
  send(event: string, data: unknown, id?: string): void {
    const head = id === undefined ? '' : `id: ${id}\n`
    this.response.write(`${head}event: ${event}\ndata: ${toJson(data)}\n\n`)
  }

  /** Whether more waits to be taken than one should add to. */
  get isFull(): boolean {
    return this.response.writableNeedDrain
  }

  /** Resolves when what was sent has been taken, or will never be. */
  drained(): Promise<void> {
    return drained(this.response)
  }

  end(): void {
    this.response.end()
  }
}
