/** What a client is given to get in, for --command-config. */
export interface ClientFile {
  /** Null for anybody. */
  readonly user: string | null
  readonly properties: string
}

/** A line for each client: what to add to a command. */
export const clientLines = (clients: readonly ClientFile[]): string =>
  clients
    .map(({ user, properties }) => `${user === null ? 'clients' : `as ${user}`}: --command-config ${properties}\n`)
    .join('')
