// What the tests of others gave, against what is known to fail, and why.

/**
 * `results` are `{ name, outcome: 'passed' | 'failed' | 'skipped', reason }`, `misses` the reasons of those that are
 * known to fail, by name. Throws where another one fails, where one of them passes, or where fewer than `atLeast` ran.
 */
export function judge(results, { misses, atLeast }) {
  const names = (isMeant) => results.filter(isMeant).map(({ name }) => name)
  const isKnown = ({ name }) => Object.hasOwn(misses, name)
  const failed = results.filter((result) => result.outcome === 'failed' && !isKnown(result))
  if (failed.length > 0) throw new Error(failed.map(({ name, reason }) => `\n  ${name}: ${reason}`).join(''))
  const mended = names((result) => result.outcome === 'passed' && isKnown(result))
  if (mended.length > 0) throw new Error(`known to fail, and passed: ${mended.join(', ')}`)
  const passed = names(({ outcome }) => outcome === 'passed').length
  if (passed < atLeast) throw new Error(`only ${passed} of its tests passed`)
  console.log(`      ${passed} passed, ${names(isKnown).length} fail as known, of ${results.length}`)
}
