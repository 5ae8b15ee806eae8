/** One request; what it is and how its answer is told is for the walker alone. */
export const CASES: readonly { readonly name: string; readonly api: string }[]
export function codesIn(answer: unknown): string
