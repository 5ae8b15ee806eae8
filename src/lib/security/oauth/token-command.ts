import { execFile } from 'node:child_process'
import { EnvironmentError } from '../../errors.ts'
import type { TokenOrigin } from './token-source.ts'

export const TOKEN_COMMAND = 'sasl.oauthbearer.token.command'
const TIMEOUT_MS = 60_000

/** What a command of the shell prints. Nothing of the command is shown: it may hold a secret. */
export function commandTokens(command: string): TokenOrigin {
  return {
    name: TOKEN_COMMAND,
    fetch: () =>
      new Promise((resolve, reject) => {
        const [shell, flag] = process.platform === 'win32' ? ['cmd.exe', '/c'] : ['/bin/sh', '-c']
        execFile(shell!, [flag!, command], { timeout: TIMEOUT_MS }, (error, stdout) => {
          if (!error) return resolve(stdout)
          const { code, killed, signal } = error
          const why = killed
            ? 'has not ended in time'
            : code === undefined
              ? `ended by ${signal}`
              : `exits with ${code}`
          reject(new EnvironmentError(`${TOKEN_COMMAND} ${why}`))
        })
      }),
  }
}
