import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Context } from '../../lib/command/define.ts'
import { stateFolder } from '../../lib/config/folders.ts'
import { writeWholeFile } from '../../lib/whole-file.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'
import { makeFolder } from '../../lib/make-folder.ts'
import { hasPort, runningBrokers, type RunningBroker } from './running.ts'

/** The brokers that `kts broker start --brokers` has made on this machine; there is one such cluster at a time. */
export interface LocalCluster {
  /** Where the data of its nodes is, and their settings. */
  readonly directory: string
  readonly isInMemory: boolean
  readonly controller: LocalNode
  readonly brokers: readonly LocalNode[]
}

export interface LocalNode {
  readonly nodeId: number
  /** `broker` or `controller`. */
  readonly role: string
  readonly port: number
  /** Its own `server.properties`. */
  readonly settings: string
  /** Null when everything is kept in memory. */
  readonly dataDir: string | null
  readonly log: string
}

const noteOf = (context: Context): string => join(stateFolder(context.env), 'cluster.json')

export function noteCluster(context: Context, cluster: LocalCluster): void {
  makeFolder(stateFolder(context.env))
  writeWholeFile(noteOf(context), JSON.stringify(cluster))
}

export const forgetCluster = (context: Context): void => rmSync(noteOf(context), { force: true })

/** Null where none was started, or all of it was stopped. */
export function knownCluster(context: Context): LocalCluster | null {
  try {
    return JSON.parse(readFileSync(noteOf(context), 'utf8')) as LocalCluster
  } catch {
    return null
  }
}

/** Throws EnvironmentError where there is none. */
export function requireCluster(context: Context): LocalCluster {
  const cluster = knownCluster(context)
  if (!cluster) throw new EnvironmentError('no cluster of kts runs here; kts broker start --brokers 3 starts one')
  return cluster
}

/** The process of a node, where it runs. */
export const processOf = ({ nodeId, port }: LocalNode, running: readonly RunningBroker[]): RunningBroker | undefined =>
  running.find((broker) => broker.nodeId === nodeId && hasPort(broker, port))

export const isAnyRunning = (cluster: LocalCluster | null, running: readonly RunningBroker[]): boolean =>
  cluster !== null && nodesOf(cluster).some((node) => processOf(node, running))

export const nodesOf = ({ controller, brokers }: LocalCluster): readonly LocalNode[] => [...brokers, controller]

/** A node of the cluster by its id. Throws UserError when there is none. */
export function nodeOf(cluster: LocalCluster, nodeId: number): LocalNode {
  const nodes = nodesOf(cluster)
  const node = nodes.find((each) => each.nodeId === nodeId)
  const ids = nodes.map((each) => each.nodeId).join(', ')
  if (!node) throw new UserError(`there is no node ${nodeId} here; there are ${ids}`)
  return node
}

/**
 * The process of the broker with an id, of the cluster or by itself. Throws EnvironmentError when it does not run,
 * UserError when there is no such broker.
 */
export function runningNode(context: Context, nodeId: number): RunningBroker {
  const running = runningBrokers(context)
  const cluster = knownCluster(context)
  const found = cluster
    ? processOf(nodeOf(cluster, nodeId), running)
    : running.find((broker) => broker.nodeId === nodeId)
  if (found) return found
  throw new EnvironmentError(
    cluster
      ? `broker ${nodeId} does not run; kts broker start ${nodeId} starts it`
      : `no broker ${nodeId} runs here; kts broker status shows what runs`,
  )
}

/** The id that stands where other commands have a word; undefined without one. Throws UserError. */
export function nodeIdOf(word: string | undefined): number | undefined {
  if (word === undefined) return undefined
  if (!/^\d{1,9}$/.test(word)) throw new UserError(`"${word}" is no id of a broker; kts broker status shows them`)
  return Number(word)
}
