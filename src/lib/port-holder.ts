import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { basename } from 'node:path'

/** That a port is taken, by whom, and what to do. */
export const portTaken = (port: number, option: string): string =>
  `port ${port} is taken by ${portHolder(port) ?? 'another program'}; stop that, or choose another port with ${option}`

/**
 * Who listens on a TCP port of this machine: `kts web (pid 5677)`. Undefined where the system does not tell: it tells
 * of one's own processes, on Linux.
 */
function portHolder(port: number): string | undefined {
  const sockets = new Set(['tcp', 'tcp6'].flatMap((table) => listening(table, port)))
  if (sockets.size === 0) return undefined
  const pid = entries('/proc').find((name) => /^\d+$/.test(name) && holdsOne(name, sockets))
  return pid && `${nameOf(pid)} (pid ${pid})`
}

/** The sockets that listen on a port, as descriptors name them; columns as in proc(5). */
function listening(table: string, port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return textOf(`/proc/net/${table}`)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(`:${hex}`) && state === '0A')
    .map((columns) => `socket:[${columns[9]}]`)
}

function holdsOne(pid: string, sockets: ReadonlySet<string>): boolean {
  const folder = `/proc/${pid}/fd`
  return entries(folder).some((descriptor) => {
    try {
      return sockets.has(readlinkSync(`${folder}/${descriptor}`))
    } catch {
      return false
    }
  })
}

/** A program and its first words; of what an interpreter runs, the script. */
function nameOf(pid: string): string {
  const [program = '', ...words] = textOf(`/proc/${pid}/cmdline`).split('\0')
  const firstOption = words.findIndex((word) => word.startsWith('-') || word === '')
  const named = words.slice(0, firstOption === -1 ? undefined : firstOption).slice(0, 3)
  const isInterpreter = named[0]?.includes('/') ?? false
  return (isInterpreter ? [basename(named[0]!), ...named.slice(1)] : [basename(program)]).join(' ')
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function entries(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
