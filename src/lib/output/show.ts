import type { Writable } from 'node:stream'
import { toJson, toNdjson } from './json.ts'
import { write } from './write.ts'

/** What a command found out; see `Result` in lib/command/define.ts. */
interface Showable {
  readonly data: unknown
  text(): string
  table?(): string
}

/** Writes a result in the format asked for; without one as a table on a terminal and as text elsewhere. */
export async function show(
  result: Showable,
  format: 'table' | 'text' | 'json' | 'ndjson' | undefined,
  stdout: Writable & { readonly isTTY?: boolean },
): Promise<void> {
  await write(stdout, render(result, format ?? (stdout.isTTY ? 'table' : 'text'), stdout.isTTY === true))
}

function render(result: Showable, format: 'table' | 'text' | 'json' | 'ndjson', pretty: boolean): string {
  if (format === 'json') return `${toJson(result.data, { pretty })}\n`
  if (format === 'ndjson') return toNdjson(result.data)
  return format === 'table' && result.table ? endLine(result.table()) : result.text()
}

const endLine = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
