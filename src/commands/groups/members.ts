import type { GroupMember } from '../../lib/client/admin/describe-groups.ts'

const MOST_NAMED = 5

/** Who is in a group, for a sentence: `console-consumer-1f… (client app on 127.0.0.1), … and 3 more`. */
export function nameMembers(members: readonly GroupMember[]): string {
  const named = members
    .slice(0, MOST_NAMED)
    .map(
      ({ memberId, groupInstanceId, clientId, host }) =>
        `${groupInstanceId ?? memberId} (client ${clientId} on ${host.replace(/^\//, '')})`,
    )
  const more = members.length - named.length
  return named.join(', ') + (more > 0 ? ` and ${more} more` : '')
}
