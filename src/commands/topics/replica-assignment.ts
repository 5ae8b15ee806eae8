import { UserError } from '../../lib/errors.ts'

/**
 * Reads `1:2,2:3`: the broker ids of each partition. Every partition has as many, and none of them twice. As in Java,
 * spaces around a number and commas at the end do not count. Throws UserError.
 */
export function parseReplicaAssignment(text: string): number[][] {
  const partitions = text.replace(/,+$/, '').split(',').map(parseReplicas)
  partitions.forEach((replicas, partition) => {
    const wrong =
      new Set(replicas).size < replicas.length
        ? 'names a broker twice'
        : replicas.length !== partitions[0]!.length
          ? `has ${replicas.length} replicas, partition 0 has ${partitions[0]!.length}`
          : undefined
    if (wrong) throw new UserError(`--replica-assignment: partition ${partition} ${wrong}`)
  })
  return partitions
}

function parseReplicas(text: string, partition: number): number[] {
  return text
    .replace(/:+$/, '')
    .split(':')
    .map((id) => {
      if (!/^\s*[+-]?\d+\s*$/.test(id)) {
        throw new UserError(
          `--replica-assignment: "${id}" of partition ${partition} is not a broker id; write e.g. 1:2,2:3`,
        )
      }
      return Number(id)
    })
}
