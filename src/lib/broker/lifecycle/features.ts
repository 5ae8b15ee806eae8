import { OWN_FEATURES } from '../state/features.ts'

/**
 * Why a broker of kts cannot be in a cluster with these levels, and how room is made; null when it can. The controller
 * would refuse it with UNSUPPORTED_VERSION, and not say why.
 */
export function featureProblem(levels: ReadonlyMap<string, number>, controllers: string): string | null {
  const missing = [...levels].filter(([name, level]) => {
    const own = OWN_FEATURES.find((feature) => feature.name === name)
    return level > (own?.maxVersion ?? 0) || level < (own?.minVersion ?? 0)
  })
  if (missing.length === 0) return null
  const named = missing.map(([name, level]) => `${name} ${level}`).join(' and ')
  const wanted = missing.map(([name]) => [name, OWN_FEATURES.find((feature) => feature.name === name)?.maxVersion ?? 0])
  const options = wanted.map(([name, level]) => `--feature ${name}=${level}`).join(' ')
  return (
    `the cluster has ${named}, which this broker does not have: make room with kafka-features ` +
    `--bootstrap-controller ${controllers} downgrade ${options}, or format the controller with ${options}`
  )
}
