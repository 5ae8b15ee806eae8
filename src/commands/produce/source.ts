import type { Context } from '../../lib/command/define.ts'
import { shownName } from '../../lib/output/shown.ts'
import type { Voice } from '../../lib/output/voice.ts'
import type { Order } from '../../lib/work/command.ts'
import { openInput, type Input } from './input.ts'
import type { LineEditor } from './line-editor.ts'

export interface SourceOptions {
  /** Records that the options hold; undefined for lines that are read. */
  readonly values?: readonly string[] | undefined
  readonly inputFile: string | undefined
  /** Where lines go, for whoever types them. */
  readonly topic: string | undefined
}

/** Where lines come from: options, a file, a pipe, or somebody who sits at a terminal. */
export class Source {
  /** Whether somebody types the lines. */
  readonly isTyped: boolean
  private prompt: Prompt | undefined
  private editor: LineEditor | undefined

  constructor(
    private readonly options: SourceOptions,
    private readonly order: Pick<Order<unknown>, 'context' | 'voice'>,
  ) {
    const { style, stdin, stdout, stderr } = order.context
    const { values, inputFile = '-' } = options
    // Apache's tool asks on stdout; to us a prompt is no data.
    const screen = style === 'drop-in' ? stdout : stderr
    this.isTyped = stdin.isTTY === true && screen.isTTY === true && inputFile === '-' && !values
  }

  /** How many lines have been typed that nobody has asked for. */
  get queued(): number {
    return this.editor?.queued ?? 0
  }

  /** Whether a question is the last thing on the screen. */
  get isAsking(): boolean {
    return this.prompt?.isOpen ?? false
  }

  /** As openInput. `lines` tells how many have been read so far. */
  async open(signal: AbortSignal, lines: () => number): Promise<Input> {
    const { context, voice } = this.order
    const { values, inputFile, topic = 'the topics that they name' } = this.options
    if (values) return { size: Infinity, chunks: chunksOf(values) }
    if (!this.isTyped) return openInput(inputFile, context, signal)
    if (context.style === 'drop-in') {
      const input = await openInput(inputFile, context, signal)
      this.prompt = new Prompt(context, voice)
      return { ...input, chunks: this.prompt.ask(input.chunks, lines) }
    }
    context.stderr.write(`lines to ${shownName(topic)}; Ctrl-D ends\n`)
    const { LineEditor } = await import('./line-editor.ts')
    this.editor = new LineEditor(context, voice, signal)
    return { size: Infinity, chunks: this.editor.chunks() }
  }
}

async function* chunksOf(texts: readonly string[]): AsyncGenerator<Buffer> {
  for (const text of texts) yield Buffer.from(text)
}

/** Asks on stdout for each line, as Apache's tool does at a terminal. */
class Prompt {
  /** Whether the question is the last thing on the screen. */
  isOpen = false

  constructor(
    private readonly context: Pick<Context, 'stdout' | 'stderr'>,
    voice: Voice,
  ) {
    voice.clear = () => {
      if (this.isOpen) context.stderr.write('\n')
      this.isOpen = false
    }
  }

  /** The same chunks; once one has been worked on there is a question for each of its lines. */
  async *ask(chunks: AsyncIterable<Buffer>, lines: () => number): AsyncGenerator<Buffer> {
    this.write(1)
    for await (const chunk of chunks) {
      const before = lines()
      this.isOpen = false
      yield chunk
      this.write(lines() - before)
    }
  }

  private write(times: number): void {
    this.isOpen = true
    this.context.stdout.write('>'.repeat(times))
  }
}
