import type { ConsumerSettings } from '../client/consumer/index.ts'
import type { KafkaClient } from '../client/types.ts'
import type { Clock } from '../clock.ts'
import type { Voice } from '../output/voice.ts'
import type { ScanParts } from '../browse/scan.ts'
import type { ActionOutcome } from './actions.ts'
import type { PageRegistry } from './registry.ts'
import type { SessionInfo } from './wire.ts'

/** The cluster that the page shows, and what may be shown of it. */
export interface PageCluster {
  readonly client: KafkaClient
  readonly clock: Clock
  readonly voice: Pick<Voice, 'say'>
  readonly settings: ConsumerSettings
  readonly session: SessionInfo
  /** Of the schemas that records name; null where none is configured. */
  readonly registry: PageRegistry | null
  /** What several tabs ask for at once. */
  readonly answers: SharedAnswers
  /** Runs kts itself with these words, in this process, on the same cluster. */
  run(words: readonly string[], stdin?: string): Promise<ActionOutcome>
}

/** With what records are read, until the signal. */
export const scanParts = ({ client, voice, settings, clock }: PageCluster, signal: AbortSignal): ScanParts => ({
  client,
  voice,
  settings,
  context: { clock, signal, style: 'kts' },
})

/** How old an answer may be that is given again: many tabs that look at one thing ask for it once. */
const FRESH_MS = 1000

/** Answers that several requests share. */
export class SharedAnswers {
  private readonly answers = new Map<string, { readonly atMs: number; readonly answer: Promise<unknown> }>()

  constructor(private readonly clock: Clock) {}

  /** What was asked within the last second, or is being asked; failures are not kept. */
  once<T>(question: string, ask: () => Promise<T>): Promise<T> {
    const nowMs = this.clock.now()
    for (const [known, { atMs }] of this.answers) if (nowMs - atMs > FRESH_MS) this.answers.delete(known)
    const known = this.answers.get(question)
    if (known) return known.answer as Promise<T>
    const answer = ask()
    this.answers.set(question, { atMs: nowMs, answer })
    answer.catch(() => this.answers.delete(question))
    return answer
  }

  /** After a change everything is asked anew. */
  forget(): void {
    this.answers.clear()
  }
}
