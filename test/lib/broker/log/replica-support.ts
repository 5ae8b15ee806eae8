import { createHash } from 'node:crypto'
import type { LogConfig, LogOptions } from '../../../../src/lib/broker/log/index.ts'
import { readAll, settle } from './support.ts'
import { TransactionBench } from './transactions/support.ts'

const SMALL = { segmentBytes: 500, indexIntervalBytes: 80, fileDeleteDelayMs: 10 }
export const STEPS = 44
const EPOCHS = [0, 1, 2, 3]

/** Plain, idempotent and transactional writes over several segments, in several epochs. */
export class ReplicaBench extends TransactionBench {
  /** Where the log ended after each step. */
  readonly boundaries: bigint[] = [0n]
  private readonly beganAt = BigInt(this.clock.now())

  constructor(config: Partial<LogConfig> = {}) {
    super({ ...SMALL, ...config })
  }

  /** Goes on until so many steps have been done. */
  async run(steps = STEPS): Promise<this> {
    for (let n = this.boundaries.length - 1; n < steps; n += 1) {
      this.leaderEpoch = n >> 4
      this.step(n)
      this.boundaries.push(this.log.logEndOffset)
      this.clock.advance(1)
      await settle()
    }
    return this
  }

  private step(n: number): void {
    const round = n >> 2
    const append = (values: string[], producer = {}) =>
      this.log.append(this.batch(values, producer), { leaderEpoch: this.leaderEpoch, origin: 'client' })
    if (n % 4 === 0) append([`k=${n}`, `l=${n}`, `m=${n}`])
    else if (n % 4 === 1) this.write(1 + (round % 3), `t${n}`, `u${n}`)
    else if (n % 4 === 2) append([`i${n}`], { producerId: 9n, producerEpoch: 0, baseSequence: round })
    else if (round % 4 === 2) append([`j${n}`])
    else if (round % 2 === 0) this.abort(1 + (round % 3))
    else this.commit(1 + (round % 3))
  }

  /** Appends records in an epoch of their own. */
  more(...values: string[]): bigint {
    return this.log.append(this.batch(values), { leaderEpoch: 3, origin: 'client' }).baseOffset
  }

  reopen(options: Partial<LogOptions> = {}): void {
    this.open(this.config, {
      initialLogStartOffset: this.starts.at(-1),
      initialRecoveryPoint: this.recoveryPoints.at(-1),
      initialCleanedOffset: this.cleanedOffsets.at(-1),
      ...options,
    })
  }

  /** All that a log tells. */
  state() {
    const { log, beganAt } = this
    return {
      records: createHash('sha1').update(readAll(log)).digest('hex'),
      bounds: [log.logStartOffset, log.logEndOffset, log.sizeInBytes],
      producers: [...log.activeProducers()].sort((a, b) => Number(a.producerId - b.producerId)),
      epochs: [log.latestEpoch(), ...EPOCHS.map((epoch) => log.endOffsetForEpoch(epoch))],
      aborted: log.abortedTransactions(0n, log.logEndOffset),
      firstOpenOffset: log.firstOpenOffset,
      times: [
        log.maxTimestampOffset(),
        ...Array.from({ length: 8 }, (_, n) => log.offsetForTimestamp(beganAt + BigInt(n * 6))),
      ],
    }
  }

  /** Its segments. */
  segments(): string[] {
    return this.files('.log')
  }
}
