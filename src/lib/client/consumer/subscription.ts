import type { KnownTopic, Topics } from './topic-directory.ts'

/** The topics that are to be read. */
export interface Subscription {
  /** What to ask metadata for. */
  readonly toAsk: Topics
  matches(topic: Pick<KnownTopic, 'name' | 'isInternal'>): boolean
}

export function topicsNamed(names: readonly string[]): Subscription {
  return { toAsk: names, matches: ({ name }) => names.includes(name) }
}

/** Topics whose name fits the pattern; Kafka's own are left out on request (`exclude.internal.topics`). */
export function topicsLike(pattern: { test(name: string): boolean }, excludeInternalTopics: boolean): Subscription {
  return {
    toAsk: null,
    matches: ({ name, isInternal }) => pattern.test(name) && !(isInternal && excludeInternalTopics),
  }
}
