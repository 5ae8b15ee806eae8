// Groups of several clients while their coordinators die: every record is read, and no offset goes back.
import { GROUP, underFallingCoordinators } from './coordinators.mjs'
import { Group } from './group-watch.mjs'
import { countOf, failureOf, writeNumbered } from './load.mjs'
import { CLIENTS } from './members.mjs'

const TOPIC = 'work'
const PARTITIONS = 4
const MEMBERS = 2
const PAUSE_MS = 100
/** librdkafka tries a commit again after later ones. */
const MAY_GO_BACK = /kcat|confluent/

/** Two members of each client whose name fits `only`. Resolves with figures. */
export function runGroups({ specs, kills, seed, only = '' }) {
  const clients = Object.entries(CLIENTS).filter(([name]) => new RegExp(only).test(name))
  return underFallingCoordinators({ specs, kills, seed, topics: { [TOPIC]: PARTITIONS } }, async (context) => {
    const { nodes, connections, random } = context
    let isWritten = false
    const writers = Array.from({ length: PARTITIONS }, (_, partition) =>
      writeNumbered(nodes, {
        topic: TOPIC,
        partition,
        name: `p${partition}`,
        isOver: () => isWritten,
        random,
        pauseMs: PAUSE_MS,
      }),
    )
    const groups = clients.map(
      ([name], index) => new Group(name, `group-${index}`, { topic: TOPIC, partitions: PARTITIONS }),
    )
    const ends = await Promise.all(
      groups.flatMap((group) =>
        Array.from({ length: MEMBERS }, () => CLIENTS[group.name](group.asMember(), nodes.bootstrap)),
      ),
    )
    const watches = groups.map((group) => group.watch(connections, { mayGoBack: MAY_GO_BACK.test(group.name) }))
    return {
      keys: groups.map(({ groupId }) => [GROUP, groupId]),
      failed: failureOf([...watches, ...writers]),
      async finish() {
        isWritten = true
        const written = await Promise.all(writers)
        for (const group of groups) await group.checkEnd(written, context)
        await Promise.all(ends.map((end) => end()))
        const stepsBack = groups.reduce((sum, group) => sum + group.stepsBack, 0)
        return { groups: groups.length, records: countOf(written), stepsBack }
      },
    }
  })
}
