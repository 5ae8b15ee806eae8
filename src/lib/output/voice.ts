import { say, type Speaker } from './say.ts'

/** What a command says to people beside its data: on stderr, line by line, under the name that it was called by. */
export class Voice {
  /** Makes room for a line: a status line that is redrawn stands in its way. */
  clear = (): void => {}
  /** Puts back what has made room. */
  redraw = (): void => {}
  /** Who shows lines in another way: a whole screen that is redrawn has a place for them. */
  instead: ((line: string) => void) | undefined

  constructor(private readonly speaker: Speaker) {}

  readonly say = (line: string): void => {
    if (this.instead) return this.instead(line)
    this.clear()
    void say(this.speaker, line)
    this.redraw()
  }
}
