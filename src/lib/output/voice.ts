import type { Writable } from 'node:stream'

/** What a command says to people beside its data: on stderr, line by line, under the name that it was called by. */
export class Voice {
  /** Makes room for a line: a status line that is redrawn stands in its way. */
  clear = (): void => {}
  /** Who shows lines in another way: a whole screen that is redrawn has a place for them. */
  instead: ((line: string) => void) | undefined

  constructor(private readonly surroundings: { readonly stderr: Writable; readonly program: string }) {}

  readonly say = (line: string): void => {
    if (this.instead) return this.instead(line)
    this.clear()
    this.surroundings.stderr.write(`${this.surroundings.program}: ${line}\n`)
  }
}
