import { fstatSync } from 'node:fs'
import type { Readable, Writable } from 'node:stream'
import { EnvironmentError } from '../errors.ts'
import { write } from './write.ts'

type Terminal<S> = S & { readonly isTTY?: boolean }

export interface AskSurroundings {
  readonly stdin: Terminal<Readable>
  readonly stdout: Terminal<Writable>
  readonly stderr: Terminal<Writable>
  readonly signal: AbortSignal
}

/** Whether somebody sits there to be asked. */
export const isAtTerminal = ({ stdin, stdout, stderr }: AskSurroundings): boolean =>
  [stdin, stdout, stderr].every(({ isTTY }) => isTTY)

/** Asks on stderr. Only `y` and `yes` are a yes: not the end of the input, not Ctrl-C. */
export async function askYesNo(surroundings: AskSurroundings, question: string): Promise<boolean> {
  return /^y(es)?$/i.test(await askLine(surroundings, `${question} [y/N] `))
}

/** Asks on stderr. The answer without spaces around it; empty at the end of the input, and on Ctrl-C. */
export async function askLine(surroundings: AskSurroundings, question: string): Promise<string> {
  await write(surroundings.stderr, question)
  const answer = await readLine(surroundings, { terminal: false })
  // Only Enter has ended the line of the question.
  if (answer === undefined) await write(surroundings.stderr, '\n')
  return answer?.trim() ?? ''
}

/**
 * One line of the input, which a terminal does not show as it is typed; elsewhere nothing is asked. Nothing on Ctrl-C.
 */
export async function askSecret(surroundings: AskSurroundings, question: string): Promise<string> {
  if (!surroundings.stdin.isTTY) return await readAnswer(surroundings)
  const { Writable } = await import('node:stream')
  await write(surroundings.stderr, question)
  // With a terminal of its own readline echoes what is typed, and here to nobody.
  const answer = await readLine(surroundings, {
    output: new Writable({ write: (_chunk, _encoding, done) => done() }),
    terminal: true,
  })
  await write(surroundings.stderr, '\n')
  return answer ?? ''
}

/** One line of the input; nothing at its end, and on Ctrl-C. Throws EnvironmentError when the input is a folder. */
export async function readAnswer(surroundings: AskSurroundings): Promise<string> {
  return (await readLine(surroundings, { terminal: false })) ?? ''
}

async function readLine(
  { stdin, signal }: AskSurroundings,
  options: { readonly output?: Writable; readonly terminal: boolean },
): Promise<string | undefined> {
  const { fd } = stdin as { readonly fd?: number }
  if (fd !== undefined && fstatSync(fd).isDirectory())
    throw new EnvironmentError('stdin cannot be read: it is a folder')
  const { createInterface } = await import('node:readline')
  const lines = createInterface({ input: stdin, ...options })
  try {
    return await new Promise<string | undefined>((resolve) => {
      lines
        .once('line', resolve)
        .once('close', () => resolve(undefined))
        .once('SIGINT', () => resolve(undefined))
      signal.addEventListener('abort', () => resolve(undefined), { once: true })
      if (signal.aborted) resolve(undefined)
    })
  } finally {
    lines.close()
  }
}
