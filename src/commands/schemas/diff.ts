import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Result } from '../../lib/command/define.ts'
import { layOutJson } from '../../lib/json-text.ts'
import type { RegistryClient } from '../../lib/schemas/client/index.ts'
import type { SchemaType } from '../../lib/schemas/format.ts'
import { ofSubject, openRegistry, type SchemasOrder } from './access.ts'
import { parseFile } from './given.ts'
import { diffLines } from './lines.ts'

/** What is different between two schemas, each a file or SUBJECT[:VERSION]; the exit code is 1 where something is. */
export async function diffSchemas(order: SchemasOrder): Promise<Result> {
  const [from, to] = order.words as [string, string]
  const texts = [await textOf(from, order), await textOf(to, order)] as const
  const lines = diffLines(texts[0].split('\n'), texts[1].split('\n'))
  const isEqual = texts[0] === texts[1]
  return {
    data: { from, to, isEqual, lines },
    text: () => (isEqual ? '' : `--- ${from}\n+++ ${to}\n${lines.map((line) => `${line}\n`).join('')}`),
    table: () =>
      isEqual ? 'No difference.\n' : `--- ${from}\n+++ ${to}\n${lines.map((line) => `${line}\n`).join('')}`,
    exitCode: isEqual ? 0 : 1,
  }
}

/** Laid out with a line for each member, as nobody has them in the registry. */
async function textOf(name: string, order: SchemasOrder): Promise<string> {
  if (existsSync(resolve(order.context.cwd, name))) {
    const { canonical, type } = await parseFile(name, order)
    return layOut(canonical, type)
  }
  const { client } = await openRegistry(order)
  const { text, type } = await versionNamed(name, client)
  return layOut(text, type)
}

function versionNamed(name: string, client: RegistryClient): ReturnType<RegistryClient['version']> {
  const [, subject = name, version] = /^(.+):(\d+|latest)$/s.exec(name) ?? []
  const which = version === undefined || version === 'latest' ? 'latest' : Number(version)
  return ofSubject(client, subject, () => client.version(subject, which))
}

const layOut = (text: string, type: SchemaType): string =>
  (type === 'PROTOBUF' ? text : (layOutJson(text, true) ?? text)).replace(/\n+$/, '')
