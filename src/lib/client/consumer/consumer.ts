import type { Clock } from '../../clock.ts'
import { Hindrances } from '../hindrances.ts'
import { readBuffers } from '../../protocol/read-buffers.ts'
import type { KafkaClient } from '../types.ts'
import type { FetchedRecords } from './fetch-request.ts'
import { PartitionReader } from './partition-reader.ts'
import type { ConsumerSettings } from './settings.ts'
import { Signal } from './signal.ts'
import { TopicDirectory, type Hinder, type MissingTopic, type Topics } from './topic-directory.ts'

/** Who decides which partitions are read: the user, or a group. */
export interface Assignment {
  /** What to ask metadata for. */
  topics(): Topics
  /** Fresh metadata has come. True when what is to be read is not all there yet. */
  onMetadata(): boolean
  /**
   * Whether nothing more is to be read, when everything so far has been handed out; without it reading never ends by
   * itself.
   */
  readonly isDone?: boolean
  /** Does what is due; returns when to come back. */
  pump(nowMs: number): number
  /** Nothing is read any more. See Consumer.close. */
  close(isPrinted: boolean, timeout: CloseTimeout): Promise<void>
}

/**
 * How long brokers may keep whoever waits for the end of a consumer: as long as Java's close lets them, less when the
 * consumer has ended because nothing came, and no more than a second when somebody waits for it at a terminal.
 */
export type CloseTimeout = 'unhurried' | 'idle' | 'hurried'

export interface ConsumerParts {
  readonly client: KafkaClient
  readonly reader: PartitionReader
  readonly directory: TopicDirectory
  readonly clock: Clock
  onChange(): void
  onFailure(error: unknown): void
  /** What is waited for is told once; nothing is, any more, when the consumer has stopped. */
  hinder: Hinder
  free(subject: unknown, word?: string): void
}

export interface ConsumerOptions {
  readonly client: KafkaClient
  readonly settings: ConsumerSettings
  readonly clock: Clock
  assign(parts: ConsumerParts): Assignment
  /** Whether a topic that is not there is waited for, and may be created on the way; a KafkaError otherwise. */
  readonly waitsForTopics?: boolean
  /** Gets one line each time for what is waited for, unless the client has somebody who is told. */
  notice(line: string): void
  /** All that was noticed has passed; not called where the client has somebody who is told. */
  onClear?: ((this: void) => void) | undefined
  /** Is told of a topic that is not there and is waited for; without it that is one more notice. */
  onMissing?(topic: MissingTopic): void
}

/** Reads what its assignment names and hands it out in runs of batches. */
export class Consumer {
  private readonly signal = new Signal()
  private readonly clock: Clock
  private readonly directory: TopicDirectory
  private readonly reader: PartitionReader
  private readonly assignment: Assignment
  private readonly hindrances: Hindrances
  /** What this consumer is hindered in. */
  private readonly hindered = new Set<unknown>()
  private failure: { readonly error: unknown } | undefined
  private stopped = false
  /** Whether there may be something to do before `comeBackMs`. */
  private hasChanged = true
  private comeBackMs = 0

  constructor({ client, settings, clock, assign, notice, onClear, onMissing, waitsForTopics = true }: ConsumerOptions) {
    this.clock = clock
    this.hindrances = client.hindrances ?? new Hindrances({ clock, say: (line) => notice(line), onClear })
    const onChange = () => this.meetChange()
    const onFailure = (error: unknown) => {
      this.failure ??= { error }
      this.signal.notify()
    }
    const hinder: Hinder = (subject, cause, how) => this.hinder(subject, cause, how)
    const free = (subject: unknown, word?: string) => this.free(subject, word)
    this.directory = new TopicDirectory(
      client,
      () => this.assignment.topics(),
      { ...settings, waitsForTopics },
      clock,
      {
        onMetadata: () => this.onMetadata(),
        onChange,
        onFailure,
        hinder,
        free,
        onMissing: (topic) => (onMissing ? onMissing(topic) : notice(`${absence(topic)}; waiting for it`)),
      },
    )
    this.reader = new PartitionReader(client, this.directory, settings, clock, { onChange, onFailure, hinder, free })
    this.assignment = assign({
      client,
      reader: this.reader,
      directory: this.directory,
      clock,
      onChange,
      onFailure,
      hinder,
      free,
    })
  }

  /**
   * The next records; undefined after `stop`, at the end of all that is to be read, or when none have come by
   * `deadlineMs`. Give them back with `release` once they have been dealt with. Throws KafkaError for what cannot be
   * read.
   */
  async next(deadlineMs = Infinity): Promise<FetchedRecords | undefined> {
    for (;;) {
      if (this.failure) throw this.failure.error
      if (this.stopped) return undefined
      const nowMs = this.clock.now()
      // Before anything is handed out, so that the next fetch is under way meanwhile.
      if (this.hasChanged || nowMs >= this.comeBackMs) this.pump(nowMs)
      const records = this.reader.fetched.take()
      if (records) return records
      if (this.assignment.isDone) return undefined
      if (nowMs >= deadlineMs) return undefined
      await this.signal.wait(this.clock, Math.min(this.comeBackMs, deadlineMs) - nowMs)
    }
  }

  /** False when `next` would have to wait. */
  get hasRecords(): boolean {
    return this.reader.fetched.hasRecords
  }

  get isStopped(): boolean {
    return this.stopped
  }

  /** With `whenUnread` of a RecordSink the memory of an answer is used again, once all of its records are back. */
  release(records: FetchedRecords, whenUnread?: (then: () => void) => void): void {
    if (!this.reader.fetched.release(records)) return
    this.hasChanged = true
    whenUnread?.(() => readBuffers.giveBack(records.records))
  }

  /** Makes `next` return undefined, now or later. */
  stop(): void {
    this.stopped = true
    for (const subject of this.hindered) this.free(subject)
    this.signal.notify()
  }

  /**
   * Stops for good. `isPrinted` tells whether all that was handed out has reached its reader, so that its positions
   * hold; `timeout` how long a broker that is slow may keep whoever waits for the end.
   */
  async close(isPrinted: boolean, timeout: CloseTimeout = 'unhurried'): Promise<void> {
    this.stop()
    await this.assignment.close(isPrinted, timeout)
  }

  /** Connections that break off at the end are no news. */
  private hinder(subject: unknown, cause: string, how?: Parameters<Hinder>[2]): void {
    if (this.stopped) return
    this.hindered.add(subject)
    this.hindrances.meet(subject, cause, how)
  }

  private free(subject: unknown, word?: string): void {
    if (this.hindered.delete(subject)) this.hindrances.pass(subject, word)
  }

  private pump(nowMs: number): void {
    this.hasChanged = false
    const comeBackMs = Math.min(this.assignment.pump(nowMs), this.reader.pump(nowMs))
    // At last: the others may have asked for metadata.
    this.comeBackMs = Math.min(comeBackMs, this.directory.pump(nowMs))
  }

  private meetChange(): void {
    this.hasChanged = true
    this.signal.notify()
  }

  private onMetadata(): boolean {
    this.reader.followLeaders()
    this.meetChange()
    return this.assignment.onMetadata()
  }
}

/** That a topic is not there, without a full stop. */
export const absence = ({ name, isGone }: MissingTopic): string =>
  `topic ${name} is not there${isGone ? ' any more' : ''}`
