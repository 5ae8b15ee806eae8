import { parseListeners, type ListenerConfig } from '../../lib/broker/state/configs/listeners.ts'
import type { BrokerConfig } from '../../lib/broker/state/configs/broker-config.ts'
import { parseJavaAddress } from '../../lib/address.ts'
import { UserError } from '../../lib/errors.ts'
import type { Voters } from '../../lib/protocol/log-files/index.ts'
import { randomUuid } from '../../lib/protocol/uuid.ts'
import type { StorageValues } from './options.ts'

/**
 * The first voters of a quorum that may change; undefined where the settings have them, or others do. Throws UserError
 * (StorageTool.runFormatCommand).
 */
export function firstVoters(values: StorageValues, config: BrokerConfig): Voters | undefined {
  const { standalone, initialControllers, noInitialControllers } = values
  const isController = config.list('process.roles')!.includes('controller')
  if (config.list('controller.quorum.voters').length > 0 && (standalone || initialControllers !== undefined))
    throw new UserError(
      'You cannot specify controller.quorum.voters and format the node with --initial-controllers or --standalone. ' +
        'If you want to use dynamic quorum, please remove controller.quorum.voters and specify ' +
        'controller.quorum.bootstrap.servers instead.',
    )
  if (standalone && !isController) throw new UserError('You can only use --standalone on a controller.')
  const listener = config.list('controller.listener.names')?.[0] ?? ''
  if (standalone) return [alone(config, listener)]
  if (initialControllers !== undefined) return parseVoters(initialControllers, listener)
  // A node that no other can join is alone without being told.
  const mayBeJoined = config.list('controller.quorum.bootstrap.servers').length > 0
  if (isController && mayBeJoined && config.list('controller.quorum.voters').length === 0 && !noInitialControllers)
    throw new UserError(
      'Because controller.quorum.voters is not set on this controller, you must specify one of the following: ' +
        '--standalone, --initial-controllers, or --no-initial-controllers.',
    )
  return undefined
}

function alone(config: BrokerConfig, name: string): Voters[number] {
  const [listener] = parseListeners(config, 'controller') as (ListenerConfig | undefined)[]
  if (!listener) throw new UserError('No controller listeners found.')
  const { host, port } = listener
  return voter(config.number('node.id'), randomUuid(), { name, host: host || 'localhost', port })
}

function parseVoters(text: string, name: string): Voters {
  return text.split(',').map((each) => {
    const [, id, address, directoryId] = /^(\d+)@(.+):([\w-]{22})$/.exec(each.trim()) ?? []
    if (address === undefined)
      throw new UserError(`--initial-controllers: ${each} is not of the form ID@HOST:PORT:DIRECTORY`)
    return voter(Number(id), directoryId!, { name, ...parseJavaAddress(address) })
  })
}

const voter = (voterId: number, voterDirectoryId: string, endpoint: Voters[number]['endpoints'][number]) => ({
  voterId,
  voterDirectoryId,
  endpoints: [endpoint],
  kRaftVersionFeature: { minSupportedVersion: 0, maxSupportedVersion: 1 },
})
