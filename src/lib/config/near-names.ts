import { listGroups } from '../client/admin/list-groups.ts'
import { listTopics } from '../client/admin/list-topics.ts'
import type { KafkaClient } from '../client/types.ts'
import type { Context } from '../command/define.ts'
import { suggest } from '../command/suggest.ts'

export type NameKind = 'topic' | 'group'

/** What can be a name, and is no regular expression or list of them. */
const NAME = /^[\w.-]+$/

const LIST: Readonly<Record<NameKind, (client: KafkaClient) => Promise<readonly string[]>>> = {
  topic: async (client) => (await listTopics(client)).map(({ name }) => name),
  group: async (client) => (await listGroups(client, {}, { timeoutMs: 0 })).map(({ groupId }) => groupId),
}

/**
 * The names that a mistyped one may have meant, for the end of the sentence that says it is not there. The cluster is
 * asked when a name is missing, once for each kind, and not at all under Apache's names.
 */
export class NearNames {
  private readonly known = new Map<NameKind, Promise<readonly string[]>>()

  constructor(private readonly client: KafkaClient, private readonly context: Pick<Context, 'style'>) {}

  /** `; did you mean retail?`, or nothing: when none is near, the name is there after all, or nobody answers. */
  async hint(kind: NameKind, name: string): Promise<string> {
    if (this.context.style === 'drop-in' || (kind === 'topic' && !NAME.test(name))) return ''
    return hintAmong(name, await this.names(kind))
  }

  private names(kind: NameKind): Promise<readonly string[]> {
    // That this question fails is not what anybody wants to hear of.
    const names = this.known.get(kind) ?? LIST[kind](this.client).catch(() => [])
    this.known.set(kind, names)
    return names
  }
}

/** As NearNames.hint, where the names are known already. */
export function hintAmong(name: string, names: readonly string[]): string {
  const meant = name.length < 2 || names.includes(name) ? undefined : suggest(name, names)
  return meant === undefined ? '' : `; did you mean ${meant}?`
}
