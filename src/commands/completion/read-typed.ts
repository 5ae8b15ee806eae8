import type { Option } from '../../lib/command/define.ts'
import type { Command } from '../../lib/work/command.ts'
import { ownOptions } from '../../lib/command/global-options.ts'
import { camelCase } from '../../lib/command/names.ts'

/** What has been typed behind the name of a command, before the word under the cursor. */
export interface Typed {
  /** As `Values` in define.ts says, whatever is still missing. */
  readonly values: Readonly<Record<string, unknown>>
  readonly given: ReadonlySet<Option>
  /** Those that are no options. */
  readonly words: readonly string[]
  /** The option whose argument comes next; one whose argument may be left out as well. */
  readonly awaiting: Option | undefined
  /** Behind `--`. */
  readonly areOver: boolean
}

type Collected = Map<Option, (string | true)[]>

/**
 * Reads what parseArguments would refuse until the line is complete. Under Apache's names one dash is as good as two.
 */
export function readTyped(
  command: Command,
  options: readonly Option[],
  style: 'kts' | 'drop-in',
  args: readonly string[],
): Typed {
  const given: Collected = new Map()
  const add = (option: Option, value: string | true): void =>
    void given.set(option, [...(given.get(option) ?? []), value])
  let awaiting: Option | undefined
  const words: string[] = []
  let areOver = false
  for (const arg of args) {
    const found: FoundOption | undefined = areOver ? undefined : findOption(arg, options, style)
    if (awaiting !== undefined && (awaiting.argument !== 'optional' || found === undefined)) {
      add(awaiting, arg)
      awaiting = undefined
    } else if (found !== undefined) {
      const { option, value } = found
      awaiting = option.value === undefined || value !== undefined ? undefined : option
      if (!awaiting || awaiting.argument === 'optional') add(option, value ?? true)
    } else if (arg === '--') {
      areOver = true
    } else {
      words.push(arg)
    }
  }
  return {
    values: toValues(command, given),
    given: new Set([...given.keys(), ...(awaiting ? [awaiting] : [])]),
    words,
    awaiting,
    areOver,
  }
}

export interface FoundOption {
  readonly option: Option
  /** What stands behind an equals sign, or touches a short name. */
  readonly value: string | undefined
}

/** The option that a word names in whole. */
export function findOption(
  word: string,
  options: readonly Option[],
  style: 'kts' | 'drop-in',
): FoundOption | undefined {
  const [, dashes, name, value] = /^(--?)([^-=][^=]*)(?:=(.*))?$/s.exec(word) ?? []
  if (name === undefined) return undefined
  const long = dashes === '--' || style === 'drop-in' ? options.find((option) => option.name === name) : undefined
  if (long) return { option: long, value }
  const short = dashes === '-' ? options.find((option) => option.short === name[0]) : undefined
  return short && { option: short, value: word.length > 2 ? word.slice(2) : undefined }
}

function toValues(command: Command, given: Collected): Record<string, unknown> {
  const named = new Map([...given].map(([{ name }, values]) => [name, values]))
  return Object.fromEntries(
    ownOptions(command).map((option) => {
      const values = named.get(option.name) ?? []
      return [
        camelCase(option.name),
        option.value === undefined ? values.length > 0 : option.repeatable ? values : values[0],
      ]
    }),
  )
}
