import { own } from './shown.ts'

interface Streams {
  readonly stdout: { readonly isTTY?: boolean }
  readonly stderr: { readonly isTTY?: boolean }
  readonly env: Readonly<Record<string, string | undefined>>
}

type Paint = (text: string) => string

/** The few ways in which kts sets text off. */
export type Style = Readonly<Record<'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', Paint>>

const asItIs: Paint = (text) => text
const plain: Style = { bold: asItIs, dim: asItIs, red: asItIs, green: asItIs, yellow: asItIs, cyan: asItIs }

/**
 * Colours for text that goes to stdout, and for text that goes to stderr. Plain until `useColors` has looked around.
 */
export const style: { stdout: Style; stderr: Style } = { stdout: plain, stderr: plain }

/** Decides once, for the whole process, which of the two streams gets colours. */
export async function useColors({ stdout, stderr, env }: Streams, wanted: boolean): Promise<void> {
  style.stdout = await styleOf(wanted ? colorLevel(stdout, env) : 0)
  style.stderr = await styleOf(wanted ? colorLevel(stderr, env) : 0)
}

/** chalk is loaded where there are colours: in a pipe its start would be a fifth of the whole command's. */
async function styleOf(level: 0 | 1 | 2 | 3): Promise<Style> {
  if (level === 0) return plain
  const chalk = new (await import('chalk')).Chalk({ level })
  return Object.fromEntries(Object.keys(plain).map((name) => [name, marked(chalk[name as keyof Style])])) as Style
}

/** What it writes is told from what the text holds, by whoever writes both to a terminal. */
function marked(paint: Paint): Paint {
  const [start = '', end = ''] = paint('|').split('|')
  return (text) => (text === '' ? '' : `${own(start)}${text}${own(end)}`)
}

/** FORCE_COLOR wins over NO_COLOR (no-color.org: set and not empty), and that over what the terminal can do. */
export function colorLevel(stream: { readonly isTTY?: boolean }, env: Streams['env']): 0 | 1 | 2 | 3 {
  const force = env.FORCE_COLOR
  if (force !== undefined) return forcedLevel(force)
  if (env.NO_COLOR || env.TERM === 'dumb' || !stream.isTTY) return 0
  if (env.COLORTERM === 'truecolor' || env.COLORTERM === '24bit') return 3
  return env.TERM?.includes('256') ? 2 : 1
}

function forcedLevel(value: string): 0 | 1 | 2 | 3 {
  if (value === '0' || value === 'false') return 0
  return value === '2' ? 2 : value === '3' ? 3 : 1
}
