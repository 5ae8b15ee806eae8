/** A regular expression as a tree. Characters are code points. */
export type Expression =
  | { readonly type: 'char'; readonly matches: CharTest }
  | { readonly type: 'assertion'; readonly place: Place }
  | { readonly type: 'sequence'; readonly items: readonly Expression[] }
  | { readonly type: 'either'; readonly items: readonly Expression[] }
  | { readonly type: 'repeat'; readonly item: Expression; readonly min: number; readonly max: number }

/** What has no width. Lines end at a line feed; words are of ASCII letters, digits and `_`. */
export type Place = 'start' | 'end' | 'line start' | 'line end' | 'word edge' | 'no word edge'

export type CharTest = (code: number) => boolean

export interface Flags {
  /** Case does not matter. */
  readonly i: boolean
  /** `^` and `$` match at line ends. */
  readonly m: boolean
  /** `.` matches a line end. */
  readonly s: boolean
}

/** An expression whose matching would hold everybody up. */
export class Re2CostError extends Error {
  override readonly name = 'Re2CostError'
}

/** An expression that is not of RE2's syntax; the message is that of Google's library. */
export class Re2SyntaxError extends Error {
  override readonly name = 'Re2SyntaxError'
}
