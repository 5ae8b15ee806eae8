import type { Context } from '../../lib/command/define.ts'
import { chooseAction, forbidStrays, forbidTogether, isGiven, type BelongsTo } from '../../lib/command/rules.ts'
import { UserError } from '../../lib/errors.ts'
import { isAtTerminal } from '../../lib/output/ask.ts'
import type { AclsValues } from './options.ts'
import { planAcls, readResources } from './plan.ts'
import { readPrincipals } from './principals.ts'

const ACTIONS = ['list', 'add', 'remove'] as const
export type Action = (typeof ACTIONS)[number]

const BELONGS: BelongsTo<AclsValues, Action> = { yes: ['remove'], dryRun: ['add', 'remove'] }

/** Throws UserError. */
export function chosenAction(values: AclsValues): Action {
  return chooseAction(values, ACTIONS)
}

/** The rules between options (AclCommandOptions.checkArgs). Throws UserError. */
export function checkOptions(values: AclsValues, context: Context): void {
  const action = chosenAction(values)
  forbidWith(values, 'list', ['producer', 'consumer', 'allowHost', 'allowPrincipal', 'denyHost', 'denyPrincipal'])
  for (const role of ['producer', 'consumer'] as const)
    forbidWith(values, role, ['operation', 'denyPrincipal', 'denyHost'])
  checkRoles(values)
  forbidStrays(values, action, BELONGS)
  if (isGiven(values, 'principal') && action !== 'list') throw new UserError('--principal goes with --list')
  if (action === 'list') {
    readResources(values)
    readPrincipals(values.principal)
    return
  }
  checkPlan(values, action)
  const isAgreed = values.force || values.yes || values.dryRun
  if (action === 'remove' && context.style === 'kts' && !isAgreed && !isAtTerminal(context)) {
    throw new UserError('--remove needs --yes, or --force, where nobody is there to be asked')
  }
}

function checkRoles(values: AclsValues): void {
  const { producer, consumer, idempotent, cluster } = values
  if (producer && !isGiven(values, 'topic')) throw new UserError('--producer needs --topic')
  if (idempotent && !producer) throw new UserError('--idempotent goes with --producer')
  if (!consumer) return
  if (!isGiven(values, 'topic') || !isGiven(values, 'group'))
    throw new UserError('--consumer needs --topic and --group')
  if (!producer && (cluster || isGiven(values, 'transactionalId')))
    throw new UserError('--consumer is about topics and groups, not about --cluster or --transactional-id')
}

function checkPlan(values: AclsValues, action: 'add' | 'remove'): void {
  const plan = planAcls(values)
  if (plan.length === 0)
    throw new UserError(
      'name a resource: --topic, --group, --cluster, --transactional-id, --delegation-token or --user-principal',
    )
  if (action === 'remove') return
  if (plan.some(({ resource }) => resource.patternType === 'ANY' || resource.patternType === 'MATCH')) {
    throw new UserError(
      `--resource-pattern-type ${values.resourcePatternType} is for looking; add with literal or prefixed`,
    )
  }
  if (plan.some(({ entries }) => entries.length === 0))
    throw new UserError('--add needs --allow-principal or --deny-principal')
}

function forbidWith(
  values: AclsValues,
  key: 'list' | 'producer' | 'consumer',
  others: readonly (keyof AclsValues)[],
): void {
  if (values[key]) for (const other of others) forbidTogether(values, [key, other])
}
