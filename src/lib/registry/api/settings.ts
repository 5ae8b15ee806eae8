import { parseLevel } from '../compatibility.ts'
import { DEFAULT_CONFIG, DEFAULT_MODE, type Catalog } from '../catalog.ts'
import { invalidMode, noConfigOfItsOwn, noModeOfItsOwn, notPermitted, subjectNotFound } from '../errors.ts'
import type { RegistryRecord } from '../records.ts'
import { hasPrefix, parseSubject } from '../subject.ts'
import type { Config } from '../stored.ts'
import { booleanOf, isOn, objectOf, scopeOf, textOf, type Answer, type Call, type Route } from './route.ts'

const MODES = ['READWRITE', 'READONLY', 'READONLY_OVERRIDE', 'IMPORT', 'FORWARD']

/** Levels and other settings, and modes: of all subjects, of a context, of a subject. */
export const settingsRoutes: readonly Route[] = [
  ...both('/config', { get: getConfig, put: putConfig, delete: deleteConfig }),
  ...both('/mode', { get: getMode, put: putMode, delete: deleteMode }),
]

type Run = (call: Call) => Answer | Promise<Answer>

function both(path: string, runs: { readonly get: Run; readonly put: Run; readonly delete: Run }): Route[] {
  return [path, `${path}/:subject`].flatMap((each): Route[] => [
    { method: 'GET', path: each, run: runs.get },
    { method: 'PUT', path: each, isChange: true, run: runs.put },
    { method: 'DELETE', path: each, isChange: true, run: runs.delete },
  ])
}

/** A level is always in force for all; a subject or a context may say nothing. */
function getConfig(call: Call): object {
  const { catalog } = call.registry
  const scope = scopeOf(call)
  if (scope === null || isOn(call, 'defaultToGlobal')) return catalog.config(scope)
  const own = catalog.ownConfig(scope)
  if (!own) throw noConfigOfItsOwn(scope)
  return own
}

/** What is not said stays as it is. */
async function putConfig(call: Call): Promise<object> {
  const scope = scopeOf(call)
  const given = configOf(call.body)
  const { registry } = call
  await registry.change(() => [
    { type: 'config', scope, config: { ...(registry.catalog.ownConfig(scope) ?? {}), ...given } },
  ])
  const { compatibilityLevel, ...rest } = given
  return { ...rest, ...(compatibilityLevel !== undefined && { compatibility: compatibilityLevel }) }
}

async function deleteConfig(call: Call): Promise<object> {
  const scope = scopeOf(call)
  const { registry } = call
  let before: Config | undefined
  await registry.change(() => {
    before = registry.catalog.ownConfig(scope)
    if (!before && scope !== null) throw subjectNotFound(scope)
    return before ? [{ type: 'config', scope, config: null }] : []
  })
  return before ?? DEFAULT_CONFIG
}

function configOf(body: Call['body']): Config {
  const level = body['compatibility'] ?? body['compatibilityLevel']
  const given = {
    alias: textOf(body, 'alias'),
    normalize: booleanOf(body, 'normalize'),
    validateFields: booleanOf(body, 'validateFields'),
    validateRules: booleanOf(body, 'validateRules'),
    compatibilityLevel: level === undefined || level === null ? undefined : parseLevel(level),
    compatibilityPolicy: textOf(body, 'compatibilityPolicy'),
    compatibilityGroup: textOf(body, 'compatibilityGroup'),
    defaultMetadata: objectOf(body, 'defaultMetadata') ?? undefined,
    overrideMetadata: objectOf(body, 'overrideMetadata') ?? undefined,
    defaultRuleSet: objectOf(body, 'defaultRuleSet') ?? undefined,
    overrideRuleSet: objectOf(body, 'overrideRuleSet') ?? undefined,
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Config
}

function getMode(call: Call): object {
  const { catalog } = call.registry
  const scope = scopeOf(call)
  if (scope === null || isOn(call, 'defaultToGlobal')) return { mode: catalog.mode(scope) }
  const own = catalog.ownMode(scope)
  if (own === undefined) throw noModeOfItsOwn(scope)
  return { mode: own }
}

async function putMode(call: Call): Promise<object> {
  checkMutable(call)
  const scope = scopeOf(call)
  const mode = textOf(call.body, 'mode') ?? ''
  if (!MODES.includes(mode)) throw invalidMode()
  const { catalog } = call.registry
  await call.registry.change(() => {
    // Ids that are brought along must not meet those that were given out here.
    if (mode === 'IMPORT' && catalog.mode(scope) !== 'IMPORT' && !isOn(call, 'force') && hasSchemas(catalog, scope))
      throw notPermitted('Cannot import since found existing subjects')
    return [...below(call, catalog, scope), { type: 'mode', scope, mode }]
  })
  return { mode }
}

function checkMutable({ about }: Call): void {
  if (!about.isModeMutable) throw notPermitted('Mode changes are not allowed')
}

async function deleteMode(call: Call): Promise<object> {
  checkMutable(call)
  const scope = scopeOf(call)
  const { catalog } = call.registry
  let before: string | undefined
  await call.registry.change(() => {
    before = catalog.ownMode(scope)
    if (before === undefined && scope !== null) throw subjectNotFound(scope)
    return [...below(call, catalog, scope), { type: 'mode', scope, mode: null }]
  })
  return { mode: before ?? DEFAULT_MODE }
}

/** With `recursive` the subjects of a context lose the modes of their own. */
function below(call: Call, catalog: Catalog, scope: string | null): RegistryRecord[] {
  if (!isOn(call, 'recursive') || parseSubject(scope ?? '').name !== '') return []
  return catalog
    .subjectNames('with')
    .filter(hasPrefix(scope ?? '', '.'))
    .filter((subject) => catalog.ownMode(subject) !== undefined)
    .map((subject) => ({ type: 'mode', scope: subject, mode: null }))
}

function hasSchemas(catalog: Catalog, scope: string | null): boolean {
  const isWholeContext = parseSubject(scope ?? '').name === ''
  return isWholeContext ? catalog.subjectNames().some(hasPrefix(scope ?? '', '.')) : catalog.has(scope!)
}
