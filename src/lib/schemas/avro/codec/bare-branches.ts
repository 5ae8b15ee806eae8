import { type JsonCursor, type JsonKind, kindOfByte } from './json-cursor.ts'
import { type JsonBytes, Literal } from '../../json-bytes.ts'
import { quote } from '../jackson.ts'
import { kindsOf, looksLike } from './json-kinds.ts'
import { Misfit } from './misfit.ts'
import { type AvroType, labelOf, type UnionType } from '../model/types.ts'

const CLOSE_OBJECT = 0x7d

/**
 * Values of a union without the wrapper that says their branch: `"x"` for `{"string":"x"}`. One is read so if its kind
 * in JSON, or a look at it, leaves one branch; it is written so if its kind alone does.
 */
export class BareBranches {
  private readonly branches: readonly AvroType[]
  private readonly labels: ReadonlyMap<string, number>
  private readonly wrappers: readonly Literal[]
  /** Labels that may be keys of a value, too. */
  private readonly unclear: ReadonlySet<string>
  /** Which branches have values of a kind. */
  private readonly byKind = new Map<JsonKind, number[]>()

  constructor({ branches }: UnionType) {
    this.branches = branches
    this.labels = new Map(branches.map((branch, index) => [labelOf(branch), index]))
    this.wrappers = branches.map((branch) => new Literal(`{${quote(labelOf(branch))}:`))
    this.unclear = new Set(
      [...this.labels.keys()].filter((label) => branches.some((branch) => mayHaveKey(branch, label))),
    )
    branches.forEach((branch, index) => {
      for (const kind of kindsOf(branch)) this.byKind.set(kind, [...(this.byKind.get(kind) ?? []), index])
    })
  }

  /** What was written since `start` is a value of a branch. */
  wrapIfNeeded(index: number, json: JsonBytes, start: number): void {
    const kind = kindOfByte(json.byteAt(start))
    const ofKind = this.byKind.get(kind)
    const isClear = ofKind?.length === 1 && ofKind[0] === index
    if (isClear && !(kind === 'object' && this.looksWrapped(json, start))) return
    json.insert(start, this.wrappers[index]!)
    json.byte(CLOSE_OBJECT)
  }

  /** The branch that the wrapper of the next value says, which stays where it is; undefined where it has none. */
  wrapped(json: JsonCursor): number | undefined {
    if (json.isDefault || json.kind() !== 'object') return undefined
    const label = json.peekKey() ?? ''
    return this.unclear.has(label) && !json.hasOneMember() ? undefined : this.labels.get(label)
  }

  /** The branch of a value without wrapper. Throws Misfit where it may be of several, or of none. */
  bare(json: JsonCursor): number {
    const ofKind = this.byKind.get(json.kind()) ?? []
    if (ofKind.length === 1) return ofKind[0]!
    const alike = ofKind.filter((index) => looksLike(this.branches[index]!, json))
    const whole = alike.filter((index) => this.branches[index]!.kind === 'int' || this.branches[index]!.kind === 'long')
    const best = whole.length > 0 ? whole : alike
    if (best.length === 1 || (json.isDefault && best.length > 0)) return best[0]!
    const names = (best.length === 0 ? this.branches : best.map((index) => this.branches[index]!)).map(labelOf)
    if (best.length === 0) throw json.unexpected(`one of ${names.join(', ')}`)
    throw new Misfit(`it may be ${names.join(' or ')}: say which, as in ${this.wrappers[best[0]!]!.bytes}…}`)
  }

  private looksWrapped(json: JsonBytes, start: number): boolean {
    return this.wrappers.some((wrapper) => json.startsWith(start, wrapper))
  }
}

const mayHaveKey = (type: AvroType, key: string): boolean =>
  type.kind === 'map' ||
  (type.kind === 'record' && type.fields.some(({ name, aliases }) => name === key || aliases.includes(key)))
