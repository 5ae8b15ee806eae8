import { UserError } from '../../lib/errors.ts'
import { defineCommand } from '../../lib/work/command.ts'
import { endAll, endedAs } from './end.ts'
import { nodeIdOf, runningNode } from './local-cluster.ts'

export const brokerKill = defineCommand({
  examples: [{ command: 'kts broker kill 2', about: 'As kill -9 does: broker 2 has no time for a goodbye.' }],
  options: [],
  words: [{ name: 'ID', about: 'The id of the broker.' }],
  async offline({ words: [word], context }) {
    const nodeId = nodeIdOf(word)
    if (nodeId === undefined) throw new UserError('kill needs the id of a broker; kts broker status shows them')
    const broker = runningNode(context, nodeId)
    await endAll([broker], 'SIGKILL', context)
    return endedAs('killed', [broker])
  },
})
