import type { Verb } from './define.ts'

/** `producer.config` and `bootstrap-server` as the keys of `Values` in define.ts. */
export function camelCase(name: string): string {
  return name.replace(/[-.](.)/g, (_, letter: string) => letter.toUpperCase())
}

/** `resetOffsets` as it is typed: `reset-offsets`. */
export const kebabCase = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** The option behind a key of `Values`, as it is typed: `--bootstrap-server`. */
export const optionName = (key: string): string => `--${kebabCase(key)}`

/** What an action is called under kts. */
export const verbName = (key: string, { verb = kebabCase(key) }: Pick<Verb, 'verb'>): string => verb
