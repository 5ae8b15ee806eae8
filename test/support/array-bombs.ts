import type { Api } from '../../src/lib/protocol/api.ts'
import { encodeRequest } from '../../src/lib/protocol/frame.ts'
import { blank, isField, within, type Field, type Fields } from '../../src/lib/protocol/schema.ts'

/* eslint-disable @typescript-eslint/no-explicit-any -- messages are built from their declarations */

/** Ways to the lists of a message, the lists in lists too: names of fields. */
export function listsOf(fields: Fields, version: number): string[][] {
  return Object.entries(fields)
    .filter(([, field]) => within(field.versions, version))
    .flatMap(([name, field]) => {
      if (field.type === 'struct') return listsOf(field.of as Fields, version).map((path) => [name, ...path])
      if (field.type !== 'array') return []
      const inner = isField(field.of!) ? [] : listsOf(field.of as Fields, version)
      return [[name], ...inner.map((path) => [name, ...path])]
    })
}

/**
 * A request frame, without its length, whose list at `path` has `count` items of nothing; `change` may give them
 * something.
 */
export function bombOf(
  api: Api,
  version: number,
  path: readonly string[],
  count: number,
  change: (item: any) => any = (item) => item,
): Buffer {
  const message = filled(api.fields.request, path, count, change)
  return Buffer.concat(encodeRequest(api, version, 7, 'bomb', message as never)).subarray(4)
}

function filled(fields: Fields, [name, ...rest]: readonly string[], count: number, change: (item: any) => any): any {
  const field = fields[name!]!
  const message: any = blank(fields)
  if (field.type === 'struct') message[name!] = filled(field.of as Fields, rest, count, change)
  else if (rest.length > 0) message[name!] = [filled(field.of as Fields, rest, count, change)]
  else message[name!] = new Array(count).fill(change(itemOf(field)))
  return message
}

function itemOf({ of }: Field): any {
  return isField(of!) ? of.default : blank(of as Fields)
}
