import {
  describeClientQuotas,
  type ClientQuota,
  type QuotaEntityType,
} from '../../lib/client/admin/describe-client-quotas.ts'
import {
  describeUserScramCredentials,
  type UserScramCredentials,
} from '../../lib/client/admin/describe-user-scram-credentials.ts'
import type { KafkaClient } from '../../lib/client/types.ts'
import type { Result } from '../../lib/command/define.ts'
import { UserError } from '../../lib/errors.ts'
import { javaDouble } from '../../lib/java/number.ts'
import { renderTable } from '../../lib/output/table.ts'
import type { Entities } from './entities.ts'
import { QUOTA_ENTITIES, type QuotaKind } from './kinds.ts'

const IN_WORDS: Readonly<Record<QuotaEntityType, string>> = {
  user: 'user-principal',
  'client-id': 'client-id',
  ip: 'ip',
}

/**
 * Quotas of users, clients or addresses; of users alone, and unless their default is meant, SCRAM credentials too.
 * Throws KafkaError.
 */
export async function describeQuotas(client: KafkaClient, { kinds, names }: Entities): Promise<Result> {
  if (names.length > kinds.length) throw new UserError('there are more names than kinds of things')
  const quotas = await describeClientQuotas(
    client,
    new Map(kinds.map((kind, index) => [QUOTA_ENTITIES[kind as QuotaKind], names[index] === '' ? null : names[index]])),
  )
  const hasCredentials = kinds.every((kind) => kind === 'users') && !names.includes('')
  const users = hasCredentials ? await describeUserScramCredentials(client, names) : []
  return {
    data: [
      ...quotas.map(quotaData),
      ...users.map(({ user, credentials }) => ({ user, scramCredentials: credentials })),
    ],
    text: () => [...quotas.map(quotaLine), ...users.map(credentialLine)].map((line) => `${line}\n`).join(''),
    table: () => asTable(quotas, users),
  }
}

/** Null stands for the default of the kind. */
const quotaData = ({ entity, values }: ClientQuota) => ({
  ...(entity.has('user') && { user: entity.get('user') }),
  ...(entity.has('client-id') && { clientId: entity.get('client-id') }),
  ...(entity.has('ip') && { ip: entity.get('ip') }),
  quotas: values,
})

function quotaLine({ entity, values }: ClientQuota): string {
  const names = [...entity].map(([type, name]) =>
    name === null ? `the default ${IN_WORDS[type]}` : `${IN_WORDS[type]} '${name}'`,
  )
  return `Quota configs for ${names.join(', ')} are ${[...values].map(([name, value]) => `${name}=${javaDouble(value)}`).join(', ')}`
}

const credentialLine = ({ user, credentials }: UserScramCredentials): string =>
  `SCRAM credential configs for user-principal '${user}' are ${credentials.map(({ mechanism, iterations }) => `${mechanism}=iterations=${iterations}`).join(', ')}`

function asTable(quotas: readonly ClientQuota[], users: readonly UserScramCredentials[]): string {
  const rows = [
    ...quotas.flatMap(({ entity, values }) =>
      [...values].map(([name, value]) => [
        [...entity].map(([type, each]) => `${type} ${each ?? '(default)'}`).join(', '),
        name,
        String(value),
      ]),
    ),
    ...users.flatMap(({ user, credentials }) =>
      credentials.map(({ mechanism, iterations }) => [`user ${user}`, mechanism, `${iterations} iterations`]),
    ),
  ]
  return rows.length === 0 ? 'Nothing is set.\n' : renderTable(['FOR', 'SETTING', 'VALUE'], rows, { right: [2] })
}
