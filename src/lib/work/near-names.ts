import type { KafkaClient } from '../client/types.ts'
import type { Context } from '../command/define.ts'
import { suggest } from '../suggest.ts'
import { KafkaError } from '../errors.ts'

export type NameKind = 'topic' | 'group'

type Surroundings = Pick<Context, 'style' | 'clock'>

/** What can be a name, and is no regular expression or list of them. */
const NAME = /^[\w.-]+$/

/** Whoever is told of an error does not wait long for advice. */
const PATIENCE_MS = 1000

/** Loaded when they are needed: a command that is well does not pay for them. */
const LIST: Readonly<Record<NameKind, (client: KafkaClient) => Promise<readonly string[]>>> = {
  async topic(client) {
    const { listTopics } = await import('../client/admin/list-topics.ts')
    return (await listTopics(client)).map(({ name }) => name)
  },
  async group(client) {
    const { listGroups } = await import('../client/admin/list-groups.ts')
    return (await listGroups(client, {}, { timeoutMs: 0 })).map(({ groupId }) => groupId)
  },
}

/**
 * The names that a mistyped one may have meant, for the end of the sentence that says it is not there. The cluster is
 * asked when a name is missing, once for each kind, and not at all under Apache's names.
 */
export class NearNames {
  private readonly known = new Map<NameKind, Promise<readonly string[]>>()

  constructor(
    private readonly client: KafkaClient,
    private readonly context: Surroundings,
  ) {}

  /**
   * `; did you mean retail?`, or nothing: when none is near, the name is there after all, or nobody answers in time.
   */
  async hint(kind: NameKind, name: string): Promise<string> {
    return hintAmong(name, await this.others(kind, name))
  }

  /** The name of another that is near, whether there is one of this name by now or not. */
  async find(kind: NameKind, name: string): Promise<string | undefined> {
    return nearest(name, await this.others(kind, name))
  }

  private async others(kind: NameKind, name: string): Promise<readonly string[]> {
    if (this.context.style === 'drop-in' || (kind === 'topic' && !NAME.test(name))) return []
    const names = this.known.get(kind) ?? this.ask(kind)
    this.known.set(kind, names)
    return names
  }

  /** That this question fails is not what anybody wants to hear of. */
  private async ask(kind: NameKind): Promise<readonly string[]> {
    const late = new Promise<readonly string[]>((resolve) => this.context.clock.after(PATIENCE_MS, () => resolve([])))
    return Promise.race([LIST[kind](this.client).catch(() => []), late])
  }
}

/** As NearNames.hint, where the names are known already. */
export function hintAmong(name: string, names: readonly string[]): string {
  const meant = names.includes(name) ? undefined : nearest(name, names)
  return meant === undefined ? '' : `; did you mean ${meant}?`
}

/** Between names of one letter any is as near as any other. */
const nearest = (name: string, names: readonly string[]): string | undefined =>
  name.length < 2
    ? undefined
    : suggest(
        name,
        names.filter((other) => other !== name),
      )

/**
 * The error as it is, or where it says that there is no such topic the same one with the topic that may have been
 * meant.
 */
export async function withNearTopic(
  error: unknown,
  topic: string,
  client: KafkaClient,
  context: Surroundings,
): Promise<unknown> {
  if (!(error instanceof KafkaError && error.code === 'UNKNOWN_TOPIC_OR_PARTITION')) return error
  return new KafkaError(error.code, error.message + (await new NearNames(client, context).hint('topic', topic)))
}
