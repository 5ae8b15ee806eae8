import { ZERO_UUID } from '../../../protocol/schema.ts'

/** Ids that stand for no directory (DirectoryId). */
export const MIGRATING_DIRECTORY = ZERO_UUID
/** The broker has several, and has not said yet which one it is. */
export const UNASSIGNED_DIRECTORY = 'AAAAAAAAAAAAAAAAAAAAAQ'
export const LOST_DIRECTORY = 'AAAAAAAAAAAAAAAAAAAAAg'

/** The first hundred ids are kept for such uses. */
export const isReservedDirectory = (id: string): boolean => {
  const bytes = Buffer.from(id, 'base64url')
  return bytes.subarray(0, 15).every((byte) => byte === 0) && bytes[15]! < 100
}

/** Where a replica lies is taken for working until the broker says otherwise. */
export function isOnlineDirectory(id: string, directories: readonly string[]): boolean {
  if (id === UNASSIGNED_DIRECTORY || id === MIGRATING_DIRECTORY) return true
  return id !== LOST_DIRECTORY && (directories.length === 0 || directories.includes(id))
}
