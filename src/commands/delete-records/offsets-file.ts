import type { RecordsToDelete } from '../../lib/client/admin/delete-records.ts'
import { readPartitionsFile } from '../../lib/config/json-file.ts'
import { UserError } from '../../lib/errors.ts'

/** Reads `{"partitions": [{"topic": …, "partition": …, "offset": …}, …], "version": 1}`. Throws UserError. */
export function readOffsetsFile(file: string, cwd: string): RecordsToDelete[] {
  return readPartitionsFile({ file, cwd, option: '--offset-json-file' }, ({ offset }, where) => {
    if (!Number.isSafeInteger(offset)) throw new UserError(`${where}: "offset" is missing or not a whole number`)
    return { offset: BigInt(offset as number) }
  })
}
