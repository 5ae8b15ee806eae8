import type { Hindrances } from '../../lib/client/hindrances.ts'
import { wait } from '../../lib/clock.ts'
import { unlessAborted } from '../../lib/command/unless-aborted.ts'
import { isExpected } from '../../lib/errors.ts'
import { isForPeople } from '../../lib/output/formats.ts'
import { toJson } from '../../lib/output/json.ts'
import { canRedraw, Redrawing } from '../../lib/output/redraw.ts'
import { style } from '../../lib/output/style.ts'
import { write } from '../../lib/output/write.ts'
import { chooseGroups } from './find-groups.ts'
import { collectLags } from '../../lib/overview/group-lag.ts'
import { RateWindow, type WatchedGroup } from '../../lib/overview/rates.ts'
import { watchData, watchLines } from './watch-view.ts'
import { say, settleGroups, type Work } from './work.ts'

const DEFAULT_SECONDS = 2

/**
 * Describes offsets again and again, with rates, until Ctrl-C. Groups that are not there are an error only when all
 * are, and at first.
 */
export async function watchOffsets(work: Work): Promise<number> {
  const { context, values } = work
  context.mindReader?.()
  const everyMs = (typeof values.watch === 'number' ? values.watch : DEFAULT_SECONDS) * 1000
  const window = new RateWindow()
  const view = viewFor(work, everyMs)
  const {
    client: { hindrances },
    voice,
  } = work
  voice.instead = (line) => void view.complain(line)
  const look = async (): Promise<WatchedGroup[]> =>
    window.add(context.clock.now(), await collectLags(work, await chooseGroups(work)))
  let seen = await unlessAborted(context.signal, look)
  if (seen && seen.length > 0 && seen.every(({ of }) => of.error))
    return settleGroups(
      work,
      seen.map(({ of }) => of),
      'watch',
    )
  while (!context.signal.aborted) {
    if (seen) await view.show(seen)
    await unlessAborted(context.signal, () => wait(context.clock, everyMs))
    seen = await unlessAborted(context.signal, look).catch((error: unknown) => complain(hindrances, error))
    if (seen) hindrances?.pass(watchOffsets, 'watching on')
  }
  return 0
}

interface View {
  show(groups: readonly WatchedGroup[]): Promise<void>
  /** Something is waited for. */
  complain(sentence: string): Promise<void>
}

/** A broker that is away for a while is no reason to end; the same requests are sent again at the next turn. */
function complain(hindrances: Hindrances | undefined, error: unknown): undefined {
  if (!isExpected(error)) throw error
  hindrances?.meet(watchOffsets, error.message)
}

function viewFor(work: Work, everyMs: number): View {
  if (work.output === 'yaml') return new YamlDocuments(work)
  if (!isForPeople(work.output)) return new JsonLines(work)
  return canRedraw(work.context) && work.output !== 'text' ? new Terminal(work, everyMs) : new Tables(work)
}

const timeOf = ({ context }: Work): string => new Date(context.clock.now()).toISOString()

class JsonLines implements View {
  constructor(private readonly work: Work) {}

  async show(groups: readonly WatchedGroup[]): Promise<void> {
    const time = timeOf(this.work)
    await write(this.work.context.stdout, groups.map((group) => `${toJson(watchData(time, group))}\n`).join(''))
  }

  complain(sentence: string): Promise<void> {
    return say(this.work, sentence)
  }
}

class YamlDocuments implements View {
  constructor(private readonly work: Work) {}

  async show(groups: readonly WatchedGroup[]): Promise<void> {
    const { toYaml } = await import('../../lib/output/yaml.ts')
    const time = timeOf(this.work)
    await write(this.work.context.stdout, groups.map((group) => `---\n${toYaml(watchData(time, group))}`).join(''))
  }

  complain(sentence: string): Promise<void> {
    return say(this.work, sentence)
  }
}

/** One table below the other. */
class Tables implements View {
  constructor(private readonly work: Work) {}

  async show(groups: readonly WatchedGroup[]): Promise<void> {
    await write(this.work.context.stdout, `${timeOf(this.work)}\n${watchLines(groups).join('\n')}\n\n`)
  }

  complain(sentence: string): Promise<void> {
    return say(this.work, sentence)
  }
}

class Terminal implements View {
  private readonly screen: Redrawing
  private last: readonly WatchedGroup[] = []

  constructor(
    private readonly work: Work,
    private readonly everyMs: number,
  ) {
    this.screen = new Redrawing(work.context)
  }

  async show(groups: readonly WatchedGroup[]): Promise<void> {
    this.last = groups
    await this.draw(style.stdout.dim(`${timeOf(this.work)}, every ${this.everyMs / 1000} s; Ctrl-C ends`))
  }

  /** What was last seen stays in view. */
  complain(sentence: string): Promise<void> {
    return this.draw(style.stdout.red(sentence))
  }

  private draw(head: string): Promise<void> {
    return this.screen.draw([head, ...watchLines(this.last, this.screen.rows - 1)])
  }
}
