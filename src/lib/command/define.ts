import type { Readable, Writable } from 'node:stream'
import type { Clock } from '../clock.ts'
import type { OutputFormat } from '../output/formats.ts'

export type { OutputFormat }

/**
 * A command is data: its options are declared here, and the handler's types follow from them. `register.ts` turns the
 * declaration into a command line, under `kts` and under Apache's own name.
 */
export interface Option<N extends string = string> {
  /** Long name without dashes, as in Apache's tool: `bootstrap-server`, `producer.config`. */
  readonly name: N
  /** What the argument is parsed into; a value that does not fit is a usage error. Strings by default. */
  readonly type?: 'string' | 'integer'
  /** Of an integer that is a length of time: its unit. Under kts `5m` and `PT5M` are taken as well. */
  readonly unit?: 'ms' | 's' | 'min'
  /**
   * Under kts an empty argument is a usage error, the value of a variable that is not set; except where this says
   * otherwise.
   */
  readonly mayBeEmpty?: boolean
  /**
   * What stands for the argument in the help: `HOST:PORT`; without it the option takes none. A `FILE`, `PATH` or `DIR`
   * is one, to shell completion too.
   */
  readonly value?: string
  /** Where the argument may be left out. */
  readonly argument?: 'optional'
  /** All that it takes; anything else is a usage error, unless only the case differs under `ignoresCase`. */
  readonly values?: readonly string[]
  readonly ignoresCase?: boolean
  /** What shell completion offers where there is no end of values; it may follow from the options given before. */
  readonly completes?: Offer | ((values: Readonly<Record<string, never>>) => Offer | undefined)
  /** Takes several values in one, with commas between them. */
  readonly isList?: boolean
  readonly about: string
  /** What is said of it under kts, where that is another sentence. */
  readonly ktsAbout?: string
  readonly short?: string
  /** May be given several times; given twice, any other option is a usage error. */
  readonly repeatable?: boolean
  /** The option that takes this one's place; using both is a usage error, using the old one prints a notice. */
  readonly deprecatedFor?: string
  /** An option that is short for this value of another one, and keeps its place among that one's values. */
  readonly standsFor?: { readonly option: string; readonly value: string }
  /** Group in the help. */
  readonly section?: string
  /** The actions that it goes with, where these are not all of them; with another it is a usage error. */
  readonly goesWith?: readonly string[]
  /** Under Apache's name it is taken with any action. */
  readonly isFreeUnderApache?: boolean
  /** Where the option exists when it is not known under both names. */
  readonly only?: 'kts' | 'drop-in'
}

/** Names that the cluster is asked for, or its schema registry. */
export type NameKind = 'topics' | 'groups' | 'subjects'

/** Names, paths, or some of the values that there are. */
export type Offer = NameKind | 'files' | 'folders' | readonly string[]

type CamelCase<S extends string> = S extends `${infer A}-${infer B}`
  ? `${A}${Capitalize<CamelCase<B>>}`
  : S extends `${infer A}.${infer B}`
    ? `${A}${Capitalize<CamelCase<B>>}`
    : S

type Parsed<O> = O extends { type: 'integer' } ? number : O extends { values: readonly (infer V)[] } ? V : string
type ValueOf<O> = O extends { value: string }
  ? O extends { repeatable: true }
    ? Parsed<O>[]
    : O extends { argument: 'optional' }
      ? Parsed<O> | true | undefined
      : Parsed<O> | undefined
  : boolean

/**
 * The parsed options of a command: camel-cased names; flags are false, lists empty, the rest undefined when not given.
 */
export type Values<O extends readonly Option[]> = { readonly [E in O[number] as CamelCase<E['name']>]: ValueOf<E> }

/** The world that a command runs in. Nothing else is touched: no `process`, no `console`. */
export interface Context {
  /** `drop-in` when called under Apache's name: Apache's stdout and exit codes, byte for byte. */
  readonly style: 'kts' | 'drop-in'
  /** The name to use in messages: `kts topics`, `kafka-topics.sh`. */
  readonly program: string
  /** The words after that name, as typed; for messages that show the command line again. */
  readonly args?: readonly string[]
  readonly stdin: Readable & { readonly isTTY?: boolean }
  /** The file descriptor behind `stdin`, for those who read by the megabyte and never touch that. */
  readonly stdinFd?: number
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly rows?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly clock: Clock
  /** When the process began, by `clock`. */
  readonly startedAt: number
  /** Aborted by SIGINT or SIGTERM; its reason is the signal's name. */
  readonly signal: AbortSignal
  /**
   * For a command that has nothing left to do when nobody reads stdout any more: it is ended then as by a write that
   * fails, though nothing is written.
   */
  mindReader?(): void
  /**
   * Sets what is still written to stderr, line by line, when a second signal ends the process at once: the names of
   * what is lost. It is asked for at that moment, and must not wait for anything.
   */
  lastWords(words: () => readonly string[]): void
  /**
   * Starts kts itself with these arguments, in the background, and returns when it says that it is ready. What it says
   * goes to the log file, which by default is named after the command.
   */
  startSelf(args: readonly string[], logFile?: string): Promise<void>
  /** Runs kts itself with these arguments in this process, over streams of its own. Returns the exit code. */
  runSelf(args: readonly string[], streams: Pick<Context, 'stdin' | 'stdout' | 'stderr'>): Promise<number>
  /** Starts kts itself with these arguments and leaves it alone: nobody hears what comes of it. */
  leaveSelf(args: readonly string[]): Promise<void>
}

/** What a command found out, and how it looks. JSON is `data` as it is. */
export interface Result {
  readonly data: unknown
  /** Exactly the bytes that Apache's tool writes to stdout. */
  text(): string
  /** For a person at a terminal; `text` where there is none. */
  table?(): string
  /** 1 when an item failed; 0 when absent. */
  readonly exitCode?: number
}

/** How a tool's own parser reads its command line. */
export interface Dialect {
  /** Rewrites arguments into plain `--name value` and `--name=value` words. */
  rewrite(args: readonly string[], options: readonly Option[]): string[]
  /** Whether a word that is no option is an error, and not passed over. */
  readonly refusesWords: boolean
  /** Whether `-h` asks for help. */
  readonly hasShortHelp: boolean
}

export interface Failure {
  readonly stdout?: string
  readonly stderr?: string
  readonly exitCode: number
}

/** Words that are not options. */
export interface Positional {
  /** What stands for it in the help: `FILE`. */
  readonly name: string
  readonly about: string
  /** What shell completion offers for the first of them, and with `isRepeatable` for each. */
  readonly completes?: Option['completes']
  readonly isRepeatable?: boolean
  /** As in Option. */
  readonly mayBeEmpty?: boolean
  /** The option that they stand for under kts. */
  readonly into?: string
  readonly isOptional?: boolean
}

/** One of the things that a command can do, as help and completion show it. */
export interface Verb {
  readonly about: string
  /** Its word under kts, where it is another than its name. */
  readonly verb?: string
  /** Its word under Apache's name, where it is another than its name. */
  readonly apacheWord?: string
  readonly only?: 'kts' | 'drop-in'
  /** The words that may follow. */
  readonly words?: readonly Positional[]
}

/** How a command is called. */
export interface CommandName {
  /** As typed after `kts`; a space stands before a subcommand. */
  readonly name: string
  /** Apache's names for it, without `.sh`. */
  readonly dropIns: readonly string[]
  readonly about: string
}

/** What is known of a command without running it: its grammar, and its help. */
export interface Declaration<O extends readonly Option[] = readonly Option[]> {
  readonly examples?: readonly { readonly command: string; readonly about: string }[]
  readonly options: O
  /** What it can do, by name in camel case, in the order of the help. */
  readonly actions?: Readonly<Record<string, Verb>>
  /** How Apache's tool chooses the action: by an option, `--list`, or by its first word, as kts always does. */
  readonly actionsBy?: 'option' | 'word'
  /** What it does under kts where no action is named. */
  readonly byDefault?: string
  /** How the drop-in reads its arguments: as JOpt Simple does unless something else is said here. */
  readonly dialect?: Dialect
  /** What takes the place of another tool's options, by their letters; the end of the sentence that refuses them. */
  readonly instead?: Readonly<Record<string, string>>
  /** The drop-in shows its help, and succeeds, when it is called without arguments. */
  readonly helpsWhenBare?: boolean
  /** The drop-in's --help is an answer, on stdout and with exit code 0. */
  readonly helpSucceeds?: boolean
  /**
   * Words that are not options, in their order, e.g. `server.properties`; without them stray words are ignored as
   * Apache's tools do.
   */
  readonly words?: readonly Positional[]
  /** The formats that it can give, where these are not all of them. */
  readonly formats?: readonly OutputFormat[]
  /** Set by a command that has options of its own for how its stream looks: --output is not offered. */
  readonly streams?: boolean
}

export const defineOptions = <const O extends readonly Option[]>(options: O): O => options

export const argumentOf = ({ value, argument }: Option): 'none' | 'required' | 'optional' =>
  value === undefined ? 'none' : (argument ?? 'required')

/** Options with what they have in common, said once. */
export const optionGroup = <const O extends readonly Option[]>(
  common: Pick<Option, 'section' | 'goesWith' | 'isFreeUnderApache' | 'only'>,
  options: O,
): O => options.map((option) => ({ ...option, ...common })) as unknown as O
