export function runPipeUnderFire(options: {
  readonly records: number
  readonly kills: number
  readonly longestMs: number
  readonly seed: number
  readonly command?: readonly string[]
}): Promise<{ pipe: number; broker: number; both: number; records: number; starts: number }>
