/** The name behind a number of an enumeration; UNKNOWN for one that is not in it. */
export function nameOf<N extends string>(numbers: Readonly<Record<N, number>>, value: number): N | 'UNKNOWN' {
  return (Object.keys(numbers) as N[]).find((name) => numbers[name] === value) ?? 'UNKNOWN'
}
