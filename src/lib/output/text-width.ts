interface Stream {
  readonly columns?: number
}

interface Place {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Stream
  readonly stderr: Stream
}

/** Where nothing is known of a terminal, as git and gh have it. */
const DEFAULT_WIDTH = 80

/**
 * How wide running text may be, in columns: as COLUMNS says, as for git and ls, or as the terminal is. A pager that
 * reads stdout shows it on the terminal that stderr still goes to.
 */
export function textWidth({ env, stdout, stderr }: Place): number {
  const columns = Number(env['COLUMNS'])
  return Number.isInteger(columns) && columns > 0 ? columns : stdout.columns || stderr.columns || DEFAULT_WIDTH
}
