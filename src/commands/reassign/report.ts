import type { Context, Result } from '../../lib/command/define.ts'
import { EnvironmentError } from '../../lib/errors.ts'
import { isForPeople } from '../../lib/output/formats.ts'
import { write } from '../../lib/output/write.ts'
import type { Order } from '../../lib/work/command.ts'

/** What has happened already, and stays so, when something fails later: lines go out as they come. */
export class Report {
  readonly isText: boolean

  private readonly context: Context

  constructor({ context, output }: Order<unknown>) {
    this.context = context
    this.isText = isForPeople(output)
  }

  async say(line: string): Promise<void> {
    if (this.isText) await write(this.context.stdout, `${line}\n`)
  }

  /** Without a line's end, as Apache's tool has it in one place. */
  async sayOpen(text: string): Promise<void> {
    if (this.isText) await write(this.context.stdout, this.context.style === 'kts' ? `${text}\n` : text)
  }

  result(data: unknown, exitCode = 0): Result {
    return { data, text: () => '', table: () => '', exitCode }
  }
}

/** What Apache's tool says without "Error: " before it. */
export class Failure extends EnvironmentError {}
