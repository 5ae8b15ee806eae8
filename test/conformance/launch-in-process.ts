import { PassThrough, Readable } from 'node:stream'
import { dispatch, report, type OpenContext } from '../../src/dispatch.ts'
import { createContext } from '../support/context.ts'
import type { Job } from './cases.mjs'

const SIGNAL_CODES: Readonly<Record<string, number>> = { SIGINT: 130, SIGTERM: 143, SIGKILL: 137 }

/**
 * Runs a tool's command line in this process, which is as `src/cli.ts` would in one of its own, and many times quicker.
 */
export function startInProcess(argv: readonly string[], input?: string | Buffer): Job {
  const [tool, ...args] = argv as [string, ...string[]]
  const stdin =
    input === undefined ? new PassThrough().end() : Readable.from([Buffer.from(input)], { objectMode: false })
  const world = createContext({ stdin, env: { NO_COLOR: '1' }, cwd: process.cwd() })
  const open: OpenContext = (style, program, args) => ({ ...world.context, style, program, args })
  let interruptedBy: string | undefined
  const ended = dispatch(tool, args, open).catch((error: unknown) => report(error, open('kts', tool, []), false))
  return {
    signal: (name) => {
      interruptedBy = name
      world.abort(name)
    },
    done: ended.then((code) => ({
      stdout: world.stdout(),
      stderr: world.stderr(),
      code: SIGNAL_CODES[interruptedBy ?? ''] ?? code,
    })),
  }
}
