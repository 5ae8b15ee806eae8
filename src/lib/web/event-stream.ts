import type { ServerResponse } from 'node:http'
import { toJson } from '../output/json.ts'

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
  async drained(): Promise<void> {
    if (!this.isFull || this.response.destroyed) return
    await new Promise<void>((resolve) => {
      const settle = (): void => {
        this.response.off('drain', settle).off('close', settle)
        resolve()
      }
      this.response.once('drain', settle).once('close', settle)
    })
  }

  end(): void {
    this.response.end()
  }
}
