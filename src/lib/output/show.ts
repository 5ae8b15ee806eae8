import type { Writable } from 'node:stream'
import type { OutputFormat } from './formats.ts'
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
  format: OutputFormat | undefined,
  stdout: Writable & { readonly isTTY?: boolean },
): Promise<void> {
  await write(stdout, await render(result, format ?? (stdout.isTTY ? 'table' : 'text'), stdout.isTTY === true))
}

async function render(result: Showable, format: OutputFormat, pretty: boolean): Promise<string> {
  switch (format) {
    case 'json':
      return `${toJson(result.data, { pretty })}\n`
    case 'ndjson':
      return toNdjson(result.data)
    // A package that few answers want.
    case 'yaml':
      return (await import('./yaml.ts')).toYaml(result.data)
    case 'table':
      return result.table ? endLine(result.table()) : result.text()
    case 'text':
      return result.text()
  }
}

const endLine = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`)
