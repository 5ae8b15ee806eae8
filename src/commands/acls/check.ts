import { forbidTogether, isGiven } from '../../lib/command/rules.ts'
import { UserError } from '../../lib/errors.ts'
import { isAtTerminal } from '../../lib/output/ask.ts'
import type { Order } from '../../lib/work/command.ts'
import type { AclsValues } from './options.ts'
import { planAcls, readPrincipals, readResources, type AclPlan } from './plan.ts'

/** The rules between options (AclCommandOptions.checkArgs), for one action. Each throws UserError. */
export function checkList({ values }: Order<AclsValues>): void {
  checkRoles(values)
  readResources(values)
  readPrincipals(values.principal)
}

export function checkAdd({ values, action }: Order<AclsValues>): void {
  const plan = checkPlan(values)
  if (plan.some(({ resource }) => resource.patternType === 'ANY' || resource.patternType === 'MATCH'))
    throw new UserError(
      `--resource-pattern-type ${values.resourcePatternType} is for looking; add with literal or prefixed`,
    )
  if (plan.some(({ entries }) => entries.length === 0))
    throw new UserError(`${action} needs --allow-principal or --deny-principal`)
}

export function checkRemove({ values, action, context }: Order<AclsValues>): void {
  checkPlan(values)
  const isAgreed = values.force || values.yes || values.dryRun
  if (context.style === 'kts' && !isAgreed && !isAtTerminal(context))
    throw new UserError(`${action} needs --yes, or --force, where there is no terminal to ask at`)
}

function checkRoles(values: AclsValues): void {
  const { producer, consumer, idempotent, cluster } = values
  for (const role of ['producer', 'consumer'] as const)
    for (const other of ['operation', 'denyPrincipal', 'denyHost'] as const) forbidTogether(values, [role, other])
  if (producer && !isGiven(values, 'topic')) throw new UserError('--producer needs --topic')
  if (idempotent && !producer) throw new UserError('--idempotent goes with --producer')
  if (!consumer) return
  if (!isGiven(values, 'topic') || !isGiven(values, 'group'))
    throw new UserError('--consumer needs --topic and --group')
  if (!producer && (cluster || isGiven(values, 'transactionalId')))
    throw new UserError('--consumer is about topics and groups, not about --cluster or --transactional-id')
}

function checkPlan(values: AclsValues): AclPlan[] {
  checkRoles(values)
  const plan = planAcls(values)
  if (plan.length === 0)
    throw new UserError(
      'name a resource: --topic, --group, --cluster, --transactional-id, --delegation-token or --user-principal',
    )
  return plan
}
