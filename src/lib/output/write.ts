import type { Writable } from 'node:stream'

/**
 * Writes, and waits while the reader is behind. Also returns when the stream has failed or was closed: what to do
 * about a reader that went away is settled in one place, by the command line.
 */
export async function write(stream: Writable, chunk: string | Uint8Array): Promise<void> {
  if (chunk.length === 0 || stream.destroyed || stream.write(chunk) || stream.destroyed) return
  await new Promise<void>((resolve) => {
    const events = ['drain', 'close', 'error']
    const settle = (): void => {
      for (const event of events) stream.off(event, settle)
      resolve()
    }
    for (const event of events) stream.on(event, settle)
  })
}

/** Returns when everything written so far has left the process, or the stream has failed. */
export async function flush(stream: Writable): Promise<void> {
  if (stream.destroyed || stream.writableLength === 0) return
  await new Promise<void>((resolve) => {
    stream.once('close', resolve)
    stream.write('', () => resolve())
  })
}
