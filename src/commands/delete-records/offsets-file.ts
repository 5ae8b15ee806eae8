import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { RecordsToDelete } from '../../lib/client/admin/delete-records.ts'
import { UserError } from '../../lib/errors.ts'

/** Reads `{"partitions": [{"topic": …, "partition": …, "offset": …}, …], "version": 1}`. Throws UserError. */
export function readOffsetsFile(file: string, cwd: string): RecordsToDelete[] {
  const items = parseOffsets(readText(file, cwd), file)
  const names = items.map(({ topic, partition }) => `${topic}-${partition}`)
  const twice = names.find((name, index) => names.indexOf(name) < index)
  if (twice !== undefined) throw new UserError(`${file} names the partition ${twice} twice`)
  return items
}

function readText(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8')
  } catch (error) {
    throw new UserError(`--offset-json-file: cannot read ${file} (${(error as NodeJS.ErrnoException).code})`)
  }
}

function parseOffsets(text: string, file: string): RecordsToDelete[] {
  const document = parseJson(text, file)
  const { version = 1, partitions } = isObject(document) ? document : {}
  if (version !== 1) throw new UserError(`${file}: "version" is ${JSON.stringify(version)}; only 1 is known`)
  if (!Array.isArray(partitions)) throw new UserError(`${file} has no list "partitions"`)
  return partitions.map((item: unknown, index) => parseItem(item, `${file}: partitions[${index}]`))
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UserError(`${file} is not JSON: ${(error as Error).message}`)
  }
}

function parseItem(item: unknown, where: string): RecordsToDelete {
  const { topic, partition, offset } = isObject(item) ? item : {}
  if (typeof topic !== 'string') throw new UserError(`${where}: "topic" is missing or not a string`)
  if (!Number.isSafeInteger(partition)) throw new UserError(`${where}: "partition" is missing or not a whole number`)
  if (!Number.isSafeInteger(offset)) throw new UserError(`${where}: "offset" is missing or not a whole number`)
  return { topic, partition: partition as number, offset: BigInt(offset as number) }
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
