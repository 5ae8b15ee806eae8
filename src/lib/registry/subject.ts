import { invalidSubject } from './errors.ts'

/** The context of names that name none. */
export const DEFAULT_CONTEXT = '.'

/** Names the settings of all contexts together. */
const GLOBAL = ':.__GLOBAL:'

/** `:.ctx:name`, or `:.ctx:` for the context itself. */
const QUALIFIED = /^:(\.[^:]*):(.*)$/s

export interface SubjectName {
  /** With its dot: `.ctx`. */
  readonly context: string
  /** Empty for the context itself. */
  readonly name: string
}

export function parseSubject(text: string, context: string = DEFAULT_CONTEXT): SubjectName {
  const [, named, name] = QUALIFIED.exec(text) ?? []
  return named === undefined ? { context, name: text } : { context: named, name: name! }
}

/** As the API and the topic have it: bare in the default context. */
export const qualified = ({ context, name }: SubjectName): string =>
  context === DEFAULT_CONTEXT ? name : `:${context}:${name}`

/** The name that a path or a reference means within a context, with its context. Throws RegistryError 42208. */
export function subjectIn(context: string, text: string): string {
  const subject = parseSubject(text, context)
  if (subject.name === '' || /[\u0000-\u001f\u007f-\u009f]/.test(text)) throw invalidSubject(text)
  return qualified(subject)
}

/** Whose settings a path means: a subject's, a context's (`:.ctx:`), or with null the default context's and all. */
export function scopeIn(context: string, text: string | undefined): string | null {
  if (text === GLOBAL) return null
  const scope = qualified(parseSubject(text ?? '', context))
  return scope === '' ? null : scope
}

/** Where the settings of a subject are looked for, the nearest first. */
export function scopesOf(subject: string | null): (string | null)[] {
  if (subject === null) return [null]
  const { context } = parseSubject(subject)
  const ofContext = context === DEFAULT_CONTEXT ? null : `:${context}:`
  return [...new Set([subject, ofContext, null])]
}

export const contextOf = (subject: string): string => parseSubject(subject).context

/**
 * Which subjects a prefix means: those of its context that begin with its name, or with `:*:` those of all contexts.
 */
export function hasPrefix(prefix: string, context: string): (subject: string) => boolean {
  if (prefix.startsWith(':*:')) {
    const name = prefix.slice(':*:'.length)
    return (subject) => parseSubject(subject).name.startsWith(name)
  }
  const wanted = parseSubject(prefix, context)
  return (text) => {
    const subject = parseSubject(text)
    return subject.context === wanted.context && subject.name.startsWith(wanted.name)
  }
}
