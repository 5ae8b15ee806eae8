import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import type { Context } from '../command/define.ts'
import { packageRoot } from '../command/package.ts'
import type { Connection, ConnectionValues } from '../config/connection.ts'
import { UserError } from '../errors.ts'
import { apiRoutes } from './api/routes.ts'
import { readAssets } from './assets.ts'
import { openClusters } from './open-cluster.ts'
import { WebServer } from './server.ts'

/** Where Confluent's Control Center is, and tutorials look for the page. */
export const PAGE_PORT = 9021

export interface PageValues {
  readonly port: number
  /** The option that chooses the port, for messages. */
  readonly portOption: string
  readonly host?: string | undefined
  readonly allowedHost: readonly string[]
  readonly basePath?: string | undefined
  readonly needsToken: boolean
  readonly readOnly: boolean
  readonly hideValues: boolean
  /** Whether the clusters of profiles can be chosen; a page that lets anybody in has no business with them. */
  readonly offersProfiles: boolean
}

export interface Page {
  /** To be opened in a browser; with the token where one is needed. */
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

const LOOPBACK = ['127.0.0.1', '::1']

/** Rules between options. Throws UserError. */
export function checkPage({ host, basePath, needsToken }: PageValues): void {
  if (!needsToken && host !== undefined && !isLoopback(host))
    throw new UserError(
      '--no-token is for this machine alone: whoever reaches another address could change the cluster',
    )
  if (basePath !== undefined && !/^(\/[\w.~-]+)*$/.test(basePath))
    throw new UserError(`--base-path ${basePath}: write it as /kafka, without a slash at its end`)
}

/** Starts the page of a cluster. Throws UserError, EnvironmentError. */
export async function servePage(
  values: PageValues,
  cluster: { readonly context: Context; readonly connection: Connection; readonly values: ConnectionValues },
  say: (line: string) => void,
): Promise<Page> {
  const { host, basePath = '', port, needsToken } = values
  const clusters = openClusters({
    ...cluster,
    say,
    isReadOnly: values.readOnly,
    hidesValues: values.hideValues,
    offersProfiles: values.offersProfiles,
  })
  const server = new WebServer({
    hosts: host === undefined ? LOOPBACK : [host],
    port,
    portOption: values.portOption,
    allowedNames: [...namesOf(host), ...values.allowedHost],
    basePath,
    needsToken,
    assets: readAssets(join(packageRoot(), 'dist', 'web'), basePath),
    routes: apiRoutes(clusters.find),
    report: (error) => say(`this is a bug in kts; please report it: ${(error as Error).stack ?? String(error)}`),
    log: say,
  })
  const bound = await server.listen()
  // What takes its time begins before the page asks for it; that a cluster is away the page will tell.
  clusters.find(null).catch(() => {})
  const name = host === undefined || isLoopback(host) ? 'localhost' : isAny(host) ? hostname() : bracketed(host)
  return {
    url: `http://${name}:${bound}${server.linkEnd}`,
    port: bound,
    async close() {
      await server.close()
      await clusters.close()
    },
  }
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|::1)$/.test(host)
const isAny = (host: string): boolean => host === '0.0.0.0' || host === '::'
const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host)

/** What browsers elsewhere may call an address. */
function namesOf(host: string | undefined): string[] {
  if (host === undefined || isLoopback(host)) return []
  if (!isAny(host)) return [bracketed(host)]
  const addresses = Object.values(networkInterfaces()).flatMap((known) => known ?? [])
  return [hostname(), ...addresses.map(({ address }) => bracketed(address))]
}
