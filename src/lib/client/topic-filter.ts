import { UserError } from '../errors.ts'
import { javaRegex, type NameTest } from '../java/pattern.ts'
import { topicNameProblem } from '../protocol/topic-names.ts'

/** Which topics a `--topic` that takes several means. */
export interface TopicChoice {
  readonly fits: (name: string) => boolean
  /** Those among them that are named one by one; a caller may want each of them to be there. */
  readonly names: readonly string[]
}

/**
 * The test behind a `--topic` that takes several, as Apache's tools read it: a regular expression in Java's syntax for
 * whole names, in which a comma means "or" (Kafka's IncludeList). Spaces, and quotes around it, do not count. Throws
 * UserError for an invalid expression.
 */
export function topicFilter(text: string): (name: string) => boolean {
  const regex = javaRegex(unquote(text).replaceAll(',', '|'))
  return (name) => regex.test(name)
}

/**
 * The same as kts reads it: what can be the name of a topic is a name and means that one topic, dots and all; anything
 * else is a regular expression. `(a.b)` is one, too. Throws UserError for an invalid expression.
 */
export function topicChoice(text: string): TopicChoice {
  const parts = unquote(text).split(',')
  const [names, patterns] = [parts.filter(isTopicName), parts.filter((part) => !isTopicName(part))]
  if (patterns.length === 0) return { names, fits: among(names) }
  const tests = names.length === 0 ? undefined : testsOf(patterns)
  // A comma within brackets divides no members.
  if (!tests) return { names: [], fits: topicFilter(text) }
  return { names, fits: (name) => names.includes(name) || tests.some((each) => each.test(name)) }
}

const among =
  (names: readonly string[]) =>
  (name: string): boolean =>
    names.includes(name)

/** Undefined where one is not an expression by itself. */
function testsOf(patterns: readonly string[]): NameTest[] | undefined {
  try {
    return patterns.map(javaRegex)
  } catch (error) {
    if (error instanceof UserError) return undefined
    throw error
  }
}

const unquote = (text: string): string =>
  text
    .trim()
    .replaceAll(' ', '')
    .replace(/^["']+/, '')
    .replace(/["']+$/, '')

const isTopicName = (text: string): boolean => topicNameProblem(text) === null
