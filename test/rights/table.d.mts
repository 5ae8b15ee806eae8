/** What each user is answered to each request. */
export type Table = Record<string, Record<string, string>>

export interface Asker {
  send(apiName: string, request: never, version?: number): Promise<unknown>
  close(): void
}

export const SETTINGS: Record<string, string>
export function askEverything(options: {
  connect: (user: string) => Promise<Asker>
  buildBatch: (...args: never[]) => Buffer
}): Promise<Table>
export function cellsIn(table: Table): number
export function differences(expected: Table, found: Table): string[]
export function isAnonymous(user: string): boolean
