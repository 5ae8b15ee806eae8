/** A command line as far as it is typed. */
export interface TypedLine {
  /** As the shell would pass them on; the last one is under the cursor, and may be empty. */
  readonly words: readonly string[]
  /** How much of the last word bash has set aside: it replaces only what follows the last of its word breaks. */
  readonly kept: number
  /** Whether the cursor is inside quotes. */
  readonly isQuoted: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Divides a line into words as a POSIX shell does, with quotes, backslashes, `~/` and variables of the environment;
 * what else a shell expands stays as it is written. `wordBreaks` is bash's COMP_WORDBREAKS.
 */
export function splitLine(line: string, wordBreaks: string, env: Environment): TypedLine {
  const splitter = new Splitter(wordBreaks, env)
  const tokens = line.match(/\\[^]|\$\{\w+\}?|\$\w+|\s+|[^]/g) ?? []
  for (const token of tokens) splitter.take(token)
  return splitter.finish()
}

class Splitter {
  private readonly words: string[] = []
  private word = ''
  private kept = 0
  private quote = ''

  constructor(
    private readonly wordBreaks: string,
    private readonly env: Environment,
  ) {}

  take(token: string): void {
    if (token === this.quote) this.quote = ''
    else if (this.quote === "'") this.word += token
    else if (token.startsWith('$') && token.length > 1) this.word += this.env[token.replace(/[${}]/g, '')] ?? token
    else if (token.startsWith('\\') && token.length > 1)
      this.word += this.quote === '' || /["\\$`]/.test(token[1]!) ? token[1] : token
    else if (this.quote === '') this.takeUnquoted(token)
    else this.word += token
  }

  finish(): TypedLine {
    return { words: [...this.words, this.word], kept: this.kept, isQuoted: this.quote !== '' }
  }

  private takeUnquoted(token: string): void {
    if (/^\s/.test(token)) return this.endWord()
    if (token === '"' || token === "'") {
      this.quote = token
      this.kept = this.word.length
      return
    }
    this.word += token === '~' && this.word === '' ? (this.env.HOME ?? token) : token
    if (this.wordBreaks.includes(token)) this.kept = this.word.length
  }

  /** A quoted empty word counts for nothing here. */
  private endWord(): void {
    if (this.word !== '') this.words.push(this.word)
    this.word = ''
    this.kept = 0
  }
}
