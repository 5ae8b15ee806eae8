export interface Edit {
  readonly file: string
  readonly from: string
  readonly to: string
}

export const MUTANTS: readonly {
  readonly name: string
  readonly edits: readonly Edit[]
  /** A seed that has found it. */
  readonly foundBy?: number
}[]
