/** A way to run one command line. */
export type Start = (argv: readonly string[], input?: string | Buffer) => Job

export interface Job {
  signal(name: string): void
  readonly done: Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number }>
}

export interface Case {
  readonly file: string
  /** TOOL/NAME. */
  readonly id: string
  readonly spec: unknown
}

export interface CaseResult {
  readonly case: string
  readonly ok: boolean
  readonly seconds: number
  readonly problems: readonly string[]
}

export interface RunOptions {
  readonly action?: 'check' | 'record'
  readonly start: Start
  readonly bootstrap: string
  readonly jobs?: number
  readonly keep?: boolean
  readonly onResult?: (result: CaseResult) => void
}

export function findCases(
  paths: readonly string[],
  options?: { only?: string; lacking?: readonly string[] },
): Promise<Case[]>
export function runCases(cases: readonly Case[], options: RunOptions): Promise<CaseResult[]>
