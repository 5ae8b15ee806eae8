import { supportedFeatures } from '../state/features.ts'

/**
 * Why a broker of kts cannot be in a cluster with these levels, and how room is made; null when it can. The controller
 * would refuse it with UNSUPPORTED_VERSION, and not say why.
 */
export function featureProblem(levels: ReadonlyMap<string, number>, controllers: string): string | null {
  const own = supportedFeatures()
  const missing = [...levels].filter(([name, level]) => {
    const { minVersion, maxVersion } = own.get(name) ?? NONE
    return level < minVersion || level > maxVersion
  })
  if (missing.length === 0) return null
  const named = missing.map(([name, level]) => `${name} ${level}`).join(' and ')
  const options = missing.map(([name]) => `--feature ${name}=${(own.get(name) ?? NONE).maxVersion}`).join(' ')
  return (
    `the cluster has ${named}, which this broker does not have: make room with kafka-features ` +
    `--bootstrap-controller ${controllers} downgrade ${options}, or format the controller with ${options}`
  )
}

/** What is said of a feature that a node has never heard of. */
const NONE = { minVersion: 0, maxVersion: 0 }
