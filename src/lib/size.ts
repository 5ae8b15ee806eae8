const UNITS = ['', 'K', 'M', 'G', 'T']

/** Bytes of `10MiB`, `1.5 GiB`, `512kB` or `100B`; undefined for anything else. */
export function readSize(text: string): number | undefined {
  const [, count, power, binary] = /^(\d+(?:\.\d+)?) ?([KMGT]?)(i?)B$/i.exec(text) ?? []
  if (count === undefined || (binary && !power)) return undefined
  const bytes = Number(count) * (binary ? 1024 : 1000) ** UNITS.indexOf(power!.toUpperCase())
  return Number.isSafeInteger(bytes) ? bytes : undefined
}
