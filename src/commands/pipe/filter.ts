import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import type { Context } from '../../lib/command/define.ts'

/** The command has not done what it was asked to. The pipe ends with this exit code. */
export class FilterFailure extends Error {
  override readonly name = 'FilterFailure'
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message)
  }
}

/** As a shell says that it has not found a command. */
const NOT_FOUND = 127
/** A shell's exit code for a command that a signal has ended is this much more than the signal. */
const SIGNALLED = 128

/**
 * Runs a command to its end, with `input` on stdin, and hands over the lines of its stdout as they come. Throws
 * FilterFailure when it cannot be started or does not end well; what `take` throws ends it at once, and so does the
 * signal.
 */
export async function runFilter(
  [command = '', ...args]: readonly string[],
  input: Buffer,
  { cwd, env, stderr, signal }: Pick<Context, 'cwd' | 'env' | 'stderr' | 'signal'>,
  take: (lines: readonly Buffer[]) => Promise<void>,
): Promise<void> {
  const child = spawn(command, args, { cwd, env, signal, killSignal: 'SIGKILL' })
  const ended = endOf(child, command)
  ended.catch(() => {})
  // It need not read everything.
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  child.stderr.on('data', (chunk: Buffer) => stderr.write(chunk))
  try {
    for await (const lines of linesOf(child.stdout)) await take(lines)
  } catch (error) {
    child.kill('SIGKILL')
    // A command that was never started has a reason of its own.
    await ended.catch((failure: unknown) => {
      if (child.pid === undefined) throw failure
    })
    throw error
  }
  await ended
}

async function endOf(child: ChildProcessWithoutNullStreams, command: string): Promise<void> {
  const [code, signal] = (await once(child, 'close').catch((error: NodeJS.ErrnoException) => {
    if (error.name === 'AbortError')
      throw new FilterFailure(`the command "${command}" did not end in time`, SIGNALLED + constants.signals.SIGKILL)
    throw new FilterFailure(
      `the command "${command}" cannot be started: ${error.code === 'ENOENT' ? 'there is no such program' : error.message}`,
      NOT_FOUND,
    )
  })) as [number | null, NodeJS.Signals | null]
  if (signal !== null)
    throw new FilterFailure(`the command "${command}" was ended by ${signal}`, SIGNALLED + constants.signals[signal])
  if (code !== 0) throw new FilterFailure(`the command "${command}" ended with exit code ${code}`, code!)
}

const LF = 10

async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer[]> {
  let rest: Buffer[] = []
  for await (const chunk of chunks) {
    const lines: Buffer[] = []
    let at = 0
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, at)) {
      lines.push(Buffer.concat([...rest, chunk.subarray(at, end)]))
      rest = []
      at = end + 1
    }
    if (at < chunk.length) rest.push(chunk.subarray(at))
    yield lines
  }
  if (rest.length > 0) yield [Buffer.concat(rest)]
}
