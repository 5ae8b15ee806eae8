import { GROUP_TYPES, type GroupListing } from '../../lib/client/admin/list-groups.ts'
import { defineOptions, optionGroup, type Values } from '../../lib/command/define.ts'
import { forbidTogether } from '../../lib/command/rules.ts'

/** The filters of kafka-groups. */
export const kindOptions = defineOptions([
  ...optionGroup({ section: 'Which groups' }, [
    { name: 'group-type', value: 'TYPE', values: GROUP_TYPES, ignoresCase: true, about: 'Only groups of this type.' },
    {
      name: 'protocol',
      value: 'PROTOCOL',
      completes: ['consumer', 'connect', 'share', 'streams'],
      about: 'Only groups whose members speak this: consumer, connect, share, …',
    },
    {
      name: 'consumer',
      about: 'Only groups of consumers, of the classic protocol or the new one, and those that have only offsets.',
    },
    { name: 'share', about: 'Only share groups.' },
    { name: 'streams', about: 'Only groups of the streams protocol.' },
  ]),
])

type KindValues = Values<typeof kindOptions>

const FILTERS = ['groupType', 'protocol', 'consumer', 'share', 'streams'] as const

/** Throws UserError. */
export function checkKinds(values: KindValues): void {
  for (const kind of ['consumer', 'share', 'streams'] as const)
    for (const other of FILTERS) if (other !== kind) forbidTogether(values, [kind, other])
}

export function isOfKind(values: KindValues): (group: GroupListing) => boolean {
  const { groupType: wantedType, protocol: wantedProtocol, consumer, share, streams } = values
  return ({ type, protocol }) => {
    if (consumer) return protocol === 'consumer' || protocol === '' || type === 'Consumer'
    if (share || streams) return type === (share ? 'Share' : 'Streams')
    return (
      (wantedType === undefined || type === wantedType) && (wantedProtocol === undefined || protocol === wantedProtocol)
    )
  }
}
