import type { Writable } from 'node:stream'
import { bare, shownText } from './shown.ts'
import { write } from './write.ts'

export interface Screen {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly rows?: number }
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Whether a terminal can be drawn upon again. */
export const canRedraw = ({ stdout, env }: Screen): boolean => stdout.isTTY === true && env.TERM !== 'dumb'

/** Text that takes the place of the last one, where it stands; what was there before stays above it. */
export class Redrawing {
  private height = 0

  constructor(private readonly screen: Screen) {}

  /** How many lines there is room for. */
  get rows(): number {
    return Math.max(1, (this.screen.stdout.rows ?? 24) - 1)
  }

  /**
   * Draws lines, as many as there is room for. Long ones are cut off at the edge: wrapped, they would count as several.
   */
  async draw(lines: readonly string[]): Promise<void> {
    const shown = lines.slice(0, this.rows)
    const up = this.height > 0 ? `\u001b[${this.height}A` : ''
    this.height = shown.length
    await write(
      bare(this.screen.stdout),
      `${up}\u001b[?7l${shown.map((line) => `\r${shownText(line)}\u001b[K\n`).join('')}\u001b[J\u001b[?7h`,
    )
  }
}
