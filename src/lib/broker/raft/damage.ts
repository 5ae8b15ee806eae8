import { type EnvironmentError, MalformedError } from '../../errors.ts'
import {
  isCrcValid,
  MAGIC_V2,
  AT,
  BATCH_OVERHEAD,
  readBatchHeader,
  type BatchHeader,
} from '../../protocol/records/index.ts'
import type { FileSystem } from '../log/index.ts'
import { unusable } from './folder.ts'

const SEGMENT = /^(\d{20})\.log$/

/**
 * A batch at the end of the log that is not whole was never acknowledged, and the log cuts it off when it is opened.
 * What lies in front of whole batches was: throws EnvironmentError for damage there, before anything is cut.
 */
export function refuseDamage(fileSystem: FileSystem, folder: string): void {
  let next: bigint | null = null
  let epoch = 0
  let damage: string | null = null
  for (const name of fileSystem
    .list(folder)
    .filter((file) => SEGMENT.test(file))
    .sort()) {
    const content = fileSystem.readFile(`${folder}/${name}`)!
    // What begins anew at another offset leaves an empty file behind, if a crash comes before that is gone.
    if (content.length === 0) continue
    next ??= BigInt(SEGMENT.exec(name)![1]!)
    let at = 0
    while (at < content.length && damage === null) {
      const header = wholeBatchAt(content, at)
      // The checksum covers neither offset nor epoch.
      if (header && header.baseOffset === next && header.partitionLeaderEpoch >= epoch) {
        next = header.lastOffset + 1n
        epoch = header.partitionLeaderEpoch
        at += header.sizeInBytes
      } else damage = `${folder}/${name} is damaged at byte ${at}, where offset ${next} should be`
    }
    if (damage !== null && holdsBatch(content, at, next)) throw damaged(damage)
  }
}

export function damaged(place: string): EnvironmentError {
  return unusable(`${place}: restore the folder, for what the cluster was told from there on is known nowhere else`)
}

/** Whether a whole batch of an offset that comes later begins anywhere from here on. */
function holdsBatch(content: Buffer, from: number, next: bigint): boolean {
  for (let at = from; at + BATCH_OVERHEAD <= content.length; at += 1)
    if (content[at + AT.magic] === MAGIC_V2 && (wholeBatchAt(content, at)?.baseOffset ?? -1n) >= next) return true
  return false
}

function wholeBatchAt(content: Buffer, at: number): BatchHeader | null {
  try {
    const header = readBatchHeader(content, at)
    return isCrcValid(content, at, header) ? header : null
  } catch (error) {
    if (error instanceof MalformedError) return null
    throw error
  }
}
