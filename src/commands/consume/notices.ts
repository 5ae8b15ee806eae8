import type { ConsumerSettings } from '../../lib/client/consumer/index.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Context } from '../../lib/command/define.ts'
import { formatCount } from '../../lib/output/progress.ts'
import type { Voice } from '../../lib/output/voice.ts'
import { findExtents, type Selection } from '../../lib/browse/extents.ts'

/** Whether somebody reads what is said of how the reading goes. */
export const isTold = ({ style, stderr }: Pick<Context, 'style' | 'stderr'>): boolean =>
  style === 'kts' && stderr.isTTY === true

export const count = (number: number, noun: string): string =>
  `${formatCount(number)} ${noun}${number === 1 ? '' : 's'}`

/** Says how many records are passed over where reading begins at the end; nothing where that cannot be found out. */
export async function sayWhatIsOlder(
  client: KafkaClient,
  selection: Selection,
  { isReadCommitted }: ConsumerSettings,
  { signal, stderr, program }: Pick<Context, 'signal' | 'stderr' | 'program'>,
  { say }: Voice,
): Promise<void> {
  const extents = await findExtents(client, selection, isReadCommitted).catch(() => [])
  if (extents.length === 0 || signal.aborted) return
  const older = extents.reduce((sum, { from, to }) => sum + Number(to - from), 0)
  const place = `at the end of ${count(extents.length, 'partition')}`
  if (older === 0) return say(`${place}, no older records; Ctrl-C ends`)
  const passed = `${place}, ${count(older, 'older record')}`
  const line = `${passed} (--from-beginning, --last 10); Ctrl-C ends`
  if (`${program}: ${line}`.length <= (stderr.columns ?? Infinity)) return say(line)
  say(passed)
  say('--from-beginning or --last 10 shows them; Ctrl-C ends')
}
