/** A page of help about what many commands share: one screen. */
export interface Page {
  /** As typed after `kts help`. */
  readonly name: string
  readonly about: string
  readonly blocks: readonly Block[]
}

/** A paragraph, a list of words with what they mean, or lines that are shown as they are. */
export type Block =
  | string
  | { readonly terms: readonly (readonly [term: string, about: string])[] }
  | { readonly lines: readonly string[] }
