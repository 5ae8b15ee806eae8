import type { Clock } from '../../clock.ts'
import type { KafkaClient } from '../types.ts'
import type { FetchedRecords } from './fetch-request.ts'
import { PartitionReader } from './partition-reader.ts'
import type { ConsumerSettings } from './settings.ts'
import { Signal } from './signal.ts'
import { TopicDirectory, type Topics } from './topic-directory.ts'

/** Who decides which partitions are read: the user, or a group. */
export interface Assignment {
  /** What to ask metadata for. */
  topics(): Topics
  /** Fresh metadata has come. True when what is to be read is not all there yet. */
  onMetadata(): boolean
  /** Whether nothing more is to be read, when everything so far has been handed out; without it reading never ends by itself. */
  readonly isDone?: boolean
  /** Does what is due; returns when to come back. */
  pump(nowMs: number): number
  /** Nothing is read any more. See Consumer.close. */
  close(isPrinted: boolean, isHurried: boolean): Promise<void>
}

export interface ConsumerParts {
  readonly client: KafkaClient
  readonly reader: PartitionReader
  readonly directory: TopicDirectory
  readonly clock: Clock
  onChange(): void
  onFailure(error: unknown): void
}

export interface ConsumerOptions {
  readonly client: KafkaClient
  readonly settings: ConsumerSettings
  readonly clock: Clock
  assign(parts: ConsumerParts): Assignment
  /** Whether a topic that is not there is waited for, and may be created on the way; a KafkaError otherwise. */
  readonly waitsForTopics?: boolean
  /** Gets one line each time for what goes wrong and may pass: a broker that is away, a topic (`missing`) that is not there yet. */
  notice(line: string, missing?: string): void
}

/** Reads what its assignment names and hands it out in runs of batches. */
export class Consumer {
  private readonly signal = new Signal()
  private readonly clock: Clock
  private readonly directory: TopicDirectory
  private readonly reader: PartitionReader
  private readonly assignment: Assignment
  private readonly noticed = new Set<string>()
  private failure: { readonly error: unknown } | undefined
  private stopped = false
  /** Whether there may be something to do before `comeBackMs`. */
  private hasChanged = true
  private comeBackMs = 0

  constructor({ client, settings, clock, assign, notice, waitsForTopics = true }: ConsumerOptions) {
    this.clock = clock
    const onChange = () => this.meetChange()
    const onFailure = (error: unknown) => {
      this.failure ??= { error }
      this.signal.notify()
    }
    const noticeOnce = (line: string, missing?: string) => {
      // Connections that break off at the end are no news.
      if (!this.noticed.has(line) && !this.stopped) notice(line, missing)
      this.noticed.add(line)
    }
    this.directory = new TopicDirectory(client, () => this.assignment.topics(), { ...settings, waitsForTopics }, clock, {
      onMetadata: () => this.onMetadata(), onChange, onFailure, notice: noticeOnce,
    })
    this.reader = new PartitionReader(client, this.directory, settings, clock, { onChange, onFailure, notice: noticeOnce })
    this.assignment = assign({ client, reader: this.reader, directory: this.directory, clock, onChange, onFailure })
  }

  /**
   * The next records; undefined after `stop`, at the end of all that is to be read, or when none have come by `deadlineMs`. Give them back with `release` once
   * they have been dealt with. Throws KafkaError for what cannot be read, EnvironmentError when no broker answers at first.
   */
  async next(deadlineMs = Infinity): Promise<FetchedRecords | undefined> {
    for (;;) {
      if (this.failure) throw this.failure.error
      if (this.stopped) return undefined
      const nowMs = this.clock.now()
      // Before anything is handed out, so that the next fetch is under way meanwhile.
      if (this.hasChanged || nowMs >= this.comeBackMs) this.pump(nowMs)
      const records = this.reader.take()
      if (records) return records
      if (this.assignment.isDone) return undefined
      if (nowMs >= deadlineMs) return undefined
      await this.signal.wait(this.clock, Math.min(this.comeBackMs, deadlineMs) - nowMs)
    }
  }

  /** False when `next` would have to wait. */
  get hasRecords(): boolean {
    return this.reader.hasRecords
  }

  get isStopped(): boolean {
    return this.stopped
  }

  release(records: FetchedRecords): void {
    if (this.reader.release(records)) this.hasChanged = true
  }

  /** Makes `next` return undefined, now or later. */
  stop(): void {
    this.stopped = true
    this.signal.notify()
  }

  /**
   * Stops for good. `isPrinted` tells whether all that was handed out has reached its reader, so that its positions hold;
   * `isHurried` that somebody waits for the end at a terminal, and a broker that is slow is not to keep them.
   */
  async close(isPrinted: boolean, isHurried = false): Promise<void> {
    this.stop()
    this.reader.close()
    await this.assignment.close(isPrinted, isHurried)
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
