import type { KafkaClient, ClientProperties } from '../client/types.ts'
import type { Context, Declaration, Failure, Option, OutputFormat, Result, Values, Verb } from '../command/define.ts'
import type { Connection } from '../config/connection.ts'
import type { Voice } from '../output/voice.ts'

/** What a command was told to do, and the world that it works in. */
export interface Order<V> {
  readonly values: V
  /** Words that stand for no option. */
  readonly words: readonly string[]
  /** The action as it was typed, for messages: `create`, `--create`; the name of the command where it has one only. */
  readonly action: string
  readonly context: Context
  /** The format asked for, or set by default; undefined when the place of the output decides. */
  readonly output: OutputFormat | undefined
  /** What is said to people, on stderr. */
  readonly voice: Voice
}

/** An order, and the cluster that it is about. */
export interface Located<V, I = unknown> extends Order<V> {
  readonly connection: Connection
  /** What `read` made of the options. */
  readonly input: I
}

/** An order, and a client of its cluster. */
export interface Work<V, I = unknown> extends Located<V, I> {
  readonly client: KafkaClient
}

/** A result to be shown; nothing, or an exit code, where the action has written its own stream. */
export type Answer = Promise<Result | number | void>

/** How something is done: by `run`, `stream` or `offline`. */
export interface Job<V, I = unknown> {
  /** Rules between options. Throws UserError. */
  check?(order: Order<V>): void
  /** What the options mean, read before any broker is asked. Throws UserError. */
  read?(order: Order<V>): I
  /** With a client, which is closed afterwards. */
  run?(work: Work<V, I>): Answer
  /** For what connects by itself, when and as often as it needs to. */
  stream?(order: Located<V, I>): Answer
  /** For what asks no cluster. */
  offline?(order: Order<V>): Answer
  /** The properties of the client, where they follow from the options as well. */
  properties?(order: Located<V, I>): ClientProperties
  /** The properties are a server's: names that no client knows are not worth a warning. */
  readonly takesServerProperties?: boolean
}

export interface Action<V, I = unknown> extends Verb, Job<V, I> {}

/** A command, and how it does its work: as a whole, or action by action. */
export interface Command<O extends readonly Option[] = readonly Option[]> extends Declaration<O>, Job<Values<O>> {
  readonly actions?: Readonly<Record<string, Action<Values<O>>>>
  /** Apache's tool, under its own name, reports a properties file that cannot be read as a failure at run time. */
  readonly readsConfigAtWork?: boolean
  /** Brokers that the options name elsewhere than in `--bootstrap-server`: `bootstrap.servers` among properties. */
  servers?(values: Values<O>): string | undefined
  /** How Apache's tool reports an error at run time under its own name; by default one line on stderr and exit 1. */
  dropInFailure?(error: Error): Failure
}

export const defineCommand = <const O extends readonly Option[]>(command: Command<O>): Command<O> => command
