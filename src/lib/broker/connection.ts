import type { Duplex } from 'node:stream'
import type { Clock } from '../clock.ts'
import { MalformedError } from '../errors.ts'
import { Produce } from '../protocol/apis/produce.ts'
import { FrameReader } from '../protocol/frame-reader.ts'
import { readBuffers } from '../protocol/read-buffers.ts'
import type { Dispatcher, Reply } from './dispatch.ts'
import type { Connection } from './handle.ts'
import { FailedLogin, type Login } from './login.ts'
import { isDirect } from './network/network.ts'

export interface ConnectionOptions {
  readonly connection: Connection
  readonly dispatcher: Dispatcher
  /** What stands between the client and its answers; null where nobody logs in. */
  readonly login?: Login | null
  readonly clock: Clock
  /** `socket.request.max.bytes` */
  readonly maxRequestBytes: number
  /** Told why a connection was closed. */
  readonly refused: (reason: string) => void
  /** Told of a bug of ours. */
  readonly warn: (line: string) => void
}

let heard = 0

/** How many requests of one client are served in a row while others wait. */
const MOST_AT_ONCE = 16
/** Some clients lose an answer that comes together with the end of the connection (kafka-python 3). */
const LAST_ANSWER_MS = 50

/**
 * Serves one client. Requests are answered one at a time and in order, as Kafka does: while one waits, or the client
 * does not read its answers, no more bytes are taken from it, so a slow client holds no more than one request in
 * memory. Nor are they while it is muted for exceeding a quota.
 */
export class ClientConnection {
  private readonly reader: FrameReader
  private readonly frames: Buffer[] = []
  private isBusy = false
  private isMuted = false
  private isStopping = false
  private isWaitingForTurn = false
  private unsentBytes = 0
  /** Since others had a chance, whether answers were at hand or had to be waited for. */
  private servedInARow = 0
  /** Grows with all that is heard of clients: who has the smallest has been silent for longest. */
  lastHeard = (heard += 1)

  constructor(
    private readonly stream: Duplex,
    private readonly options: ConnectionOptions,
  ) {
    this.reader = new FrameReader(options.maxRequestBytes, { refusal: refusal(options), memory: readBuffers })
    if (isDirect(stream)) {
      const take = (bytes: number): void => this.receive(() => this.reader.take(bytes))
      stream.readInto({ space: () => this.reader.space(), take })
    } else stream.on('data', (chunk: Buffer) => this.receive(() => this.reader.push(chunk)))
    stream.on('drain', () => this.resume())
    // A client that goes away in the middle of something is no news.
    stream.on('error', () => stream.destroy())
    stream.on('end', () => stream.destroy())
    stream.on('close', () => {
      this.countUnsent(-this.unsentBytes)
      options.dispatcher.incoming.hold(this, 0)
    })
  }

  /** Takes no more requests; closes as soon as the one under way has been answered. */
  stop(): void {
    this.isStopping = true
    this.stream.pause()
    if (!this.isBusy) this.end()
  }

  /** What has been answered still goes out. */
  private end(): void {
    this.stream.end(() => this.stream.destroy())
  }

  /** Closes at once. */
  destroy(): void {
    this.stream.destroy()
  }

  private receive(cut: () => Buffer[]): void {
    this.lastHeard = heard += 1
    try {
      this.frames.push(...cut())
      this.options.dispatcher.incoming.hold(this, this.reader.pending)
      this.serve()
    } catch (error) {
      this.fail(error)
    }
  }

  private serve(): void {
    if (this.isWaitingForTurn) return
    while (!this.isBusy && !this.isMuted && this.frames.length > 0 && !this.isStopping && !this.stream.destroyed) {
      if (this.stream.writableNeedDrain) break
      if (this.servedInARow >= MOST_AT_ONCE || (this.servedInARow > 0 && this.options.dispatcher.turns.isOver))
        return this.letOthersGo()
      this.servedInARow += 1
      const frame = this.frames.shift()!
      const reply = this.answer(frame)
      if (!(reply instanceof Promise)) this.finish(frame, reply)
      else this.wait(frame, reply)
    }
    const isIdle = !this.isBusy && !this.isMuted && this.frames.length === 0
    if (isIdle) this.servedInARow = 0
    if (isIdle && this.reader.problem && !this.isStopping) throw this.reader.problem
    if (!isIdle) this.stream.pause()
    else if (!this.isStopping) this.stream.resume()
  }

  private answer(frame: Buffer): Reply | Promise<Reply> {
    const { dispatcher, connection, login } = this.options
    if (!login?.concerns(frame)) return dispatcher.dispatch(frame, connection, this.mute)
    return login.answer(frame, (request) => dispatcher.dispatch(request, connection))
  }

  /** Whoever sends thousands of small requests at once waits for its turn between them. */
  private letOthersGo(): void {
    this.isWaitingForTurn = true
    this.stream.pause()
    setImmediate(() => {
      this.isWaitingForTurn = false
      this.servedInARow = 0
      this.resume()
    })
  }

  private readonly mute = (throttleTimeMs: number): void => {
    if (throttleTimeMs <= 0) return
    this.isMuted = true
    this.options.clock.inBackground(throttleTimeMs, () => {
      this.isMuted = false
      this.resume()
    })
  }

  private wait(frame: Buffer, reply: Promise<Reply>): void {
    this.isBusy = true
    reply
      .then((chunks) => {
        this.isBusy = false
        this.finish(frame, chunks)
        if (this.isStopping) this.stop()
        else this.resume()
      })
      .catch((error: unknown) => this.fail(error))
  }

  private resume(): void {
    try {
      this.serve()
    } catch (error) {
      this.fail(error)
    }
  }

  /** Records are in the log by then. Of other requests parts may be kept. */
  private finish(frame: Buffer, reply: Reply): void {
    if (frame.readInt16BE(0) === Produce.key) readBuffers.giveBack(frame)
    this.write(reply)
  }

  private write(reply: Reply): void {
    if (reply === null || this.stream.destroyed) return
    this.stream.cork()
    for (const chunk of reply) this.writeChunk(chunk)
    this.stream.uncork()
  }

  private writeChunk(chunk: Buffer): void {
    this.countUnsent(chunk.length)
    this.stream.write(chunk, () => {
      if (!this.stream.closed) this.countUnsent(-chunk.length)
      readBuffers.giveBack(chunk)
    })
  }

  private countUnsent(bytes: number): void {
    this.unsentBytes += bytes
    this.options.dispatcher.outgoing.add(bytes)
  }

  /** Its unfinished request is in the way of others. */
  giveUp(reason: string): void {
    this.fail(new MalformedError(reason))
  }

  /** Bytes that cannot be understood end the connection, as in Kafka; a bug of ours ends it too, and is shown whole. */
  private fail(error: unknown): void {
    const { connection, refused, warn } = this.options
    if (error instanceof MalformedError || error instanceof FailedLogin) refused(error.message)
    else warn(`closed the connection of ${connection.clientHost}: internal error: ${(error as Error).stack ?? error}`)
    this.frames.length = 0
    this.isStopping = true
    this.reader.drop()
    this.options.dispatcher.incoming.hold(this, 0)
    this.stream.pause()
    if (!(error instanceof FailedLogin) || error.answer === null) return this.end()
    this.write(error.answer)
    this.options.clock.inBackground(LAST_ANSWER_MS, () => this.end())
  }
}

/** Why a request is not to be taken in. Before a login less is taken than after it. */
function refusal({ dispatcher, login }: ConnectionOptions): (apiKey: number, length: number) => string | null {
  if (!login) return dispatcher.refuseLength
  return (apiKey, length) => login.refuseLength(length) ?? dispatcher.refuseLength(apiKey, length)
}
