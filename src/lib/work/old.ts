import type {
  Context,
  Declaration,
  Failure,
  Option,
  OutputFormat,
  Positional,
  Result,
  Values,
} from '../command/define.ts'
import type { Command } from './command.ts'

interface OldCommand<O extends readonly Option[]> extends Omit<Declaration<O>, 'words' | 'actions'> {
  readonly name: string
  readonly dropIns?: readonly string[]
  readonly about: string
  readonly positional?: Positional
  readonly readsConfigAtWork?: boolean
  readonly isOffline?: boolean
  check?(values: Values<O>, context: Context, words?: readonly string[], output?: OutputFormat): void
  servers?(values: Values<O>): string | undefined
  run(
    values: Values<O>,
    context: Context,
    words: readonly string[],
    output?: OutputFormat,
  ): Promise<Result | number | void>
  dropInFailure?(error: Error): Failure
}

export function defineCommand<const O extends readonly Option[]>({
  positional,
  check,
  run,
  ...old
}: OldCommand<O>): Command<O> {
  const isOffline = old.isOffline === true || !old.options.some(({ name }) => name === 'bootstrap-server')
  return {
    ...old,
    ...(positional && {
      words: [
        { ...positional, isOptional: true },
        { name: '', about: '', isRepeatable: true, isOptional: true },
      ],
    }),
    check: ({ values, context, words, output }) => check?.(values, context, words, output),
    [isOffline ? 'offline' : 'stream']: ({ values, context, words, output }: never) =>
      run(values, context, words, output),
  }
}
