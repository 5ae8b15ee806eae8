import type { Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/**
 * What a terminal obeys instead of showing it: C0 and DEL, C1 (which terminals take in UTF-8 as well), and what turns
 * the direction of text round. Tabs and line ends are for lines to have, not for names.
 */
const CONTROLS = '\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u202a-\\u202e\\u2066-\\u2069'

/**
 * Stands before an escape sequence that kts itself has made, between others' text. Nobody who gave a name to a group or
 * a topic can know it. To those who measure text it is a sequence of its own, without any width.
 */
const MARK = `\u001b[${[0, 0, 0].map(() => 1000 + Math.floor(Math.random() * 9000)).join(';')}m`

const MARKED = `${MARK.replace('[', '\\[')}(\\u001b\\[[\\d;]*m)`
const OWN = new RegExp(MARKED, 'g')
const IN_TEXT = new RegExp(`${MARKED}|[${CONTROLS}]`, 'g')
const IN_NAME = new RegExp(`(${MARKED})|[\\t\\n${CONTROLS}]`, 'g')
const SHORT: Readonly<Record<string, string>> = { '\t': '\\t', '\n': '\\n', '\r': '\\r' }

/** An escape sequence for colours that is to be obeyed. */
export const own = (sequence: string): string => MARK + sequence

/** Text of several lines for a terminal: control characters as `\x1b`, `\u202e`; only what is `own` is obeyed. */
export function shownText(text: string): string {
  return text.replace(IN_TEXT, (found, sequence?: string) => sequence ?? shownControl(found))
}

/** A name, or what else has to stay within its line: tabs and line ends are shown as well. What is `own` stays so. */
export function shownName(text: string): string {
  return text.replace(IN_NAME, (found, marked?: string) => marked ?? shownControl(found))
}

/** Beyond ASCII as JSON has it too, which thereby stays what it is. */
function shownControl(character: string): string {
  const code = character.charCodeAt(0)
  return (
    SHORT[character] ??
    (code < 0x7f ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`)
  )
}

export interface ShownOptions {
  /** Whether control characters are shown: in text, or in bytes as well, which are taken for UTF-8. */
  readonly controls: 'none' | 'text' | 'all'
}

const bareStreams = new WeakMap<Writable, Writable>()

/** The same stream, for text that holds what others have written. What is `own` is obeyed in any case. */
export function shown<S extends Writable>(stream: S, { controls }: ShownOptions): S {
  const decoder = new StringDecoder('utf8')
  const convert = (chunk: unknown): unknown => {
    if (typeof chunk === 'string') return controls === 'none' ? chunk.replace(OWN, '$1') : shownText(chunk)
    return controls === 'all' && chunk instanceof Uint8Array ? shownText(decoder.write(Buffer.from(chunk))) : chunk
  }
  const write = (chunk: unknown, ...rest: unknown[]): boolean =>
    (stream.write as (...args: unknown[]) => boolean).call(stream, convert(chunk), ...rest)
  const proxy = new Proxy(stream, {
    get(target, name) {
      if (name === 'write') return write
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value
    },
  })
  bareStreams.set(proxy, stream)
  return proxy
}

/** The stream behind one that is `shown`, for those who move the cursor, and for bytes that are wanted as they are. */
export const bare = <S extends Writable>(stream: S): S => (bareStreams.get(stream) as S | undefined) ?? stream
