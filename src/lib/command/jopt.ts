import type { Dialect, Option } from './define.ts'

/**
 * The dialect of JOpt Simple, which most of Apache's tools parse with: one dash is as good as two before a whole long
 * name, `--name=` without a value takes the next word, and an optional argument is taken unless the next word looks
 * like an option. Stray words are passed over.
 */
export const jopt: Dialect = { refusesWords: false, hasShortHelp: false, rewrite: fromJopt }

function fromJopt(args: readonly string[], options: readonly Option[]): string[] {
  const known = new Map(options.map((option) => [option.name, option]))
  const rewritten: string[] = []
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    if (arg === '--') return [...rewritten, ...args.slice(i)]
    const match = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(arg)
    const option = match ? known.get(match[1]!) : undefined
    if (option === undefined) {
      rewritten.push(arg)
    } else if (option.value === undefined) {
      rewritten.push(`--${option.name}`)
    } else if (match![2]) {
      rewritten.push(`--${option.name}=${match![2]}`)
    } else if (i + 1 < args.length && (option.argument !== 'optional' || !looksLikeOption(args[i + 1]!))) {
      rewritten.push(`--${option.name}=${args[++i]!}`)
    } else {
      rewritten.push(`--${option.name}`)
    }
  }
  return rewritten
}

const looksLikeOption = (word: string): boolean => word.startsWith('-') && word !== '-'
