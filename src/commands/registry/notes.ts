import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../../lib/command/define.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { claimPidFile, runningPid } from '../../lib/pid-file.ts'

/** A registry of this user that runs on this machine. */
export interface RunningRegistryNote {
  readonly port: number
  readonly pid: number
}

const NAME = /^registry-(\d+)\.pid$/

/** Leaves a note, so that `stop` finds the registry on this port. Returns how to take it away again. */
export const noteRegistry = ({ env }: Context, port: number): (() => void) =>
  claimPidFile(join(stateFolder(env), `registry-${port}.pid`))

export function runningRegistries({ env }: Context): RunningRegistryNote[] {
  return fileNames(stateFolder(env)).flatMap((name) => {
    const [, port] = NAME.exec(name) ?? []
    const pid = port === undefined ? undefined : runningPid(join(stateFolder(env), name))
    return pid === undefined ? [] : [{ port: Number(port), pid }]
  })
}

function fileNames(folder: string): string[] {
  try {
    return readdirSync(folder).sort()
  } catch {
    return []
  }
}
