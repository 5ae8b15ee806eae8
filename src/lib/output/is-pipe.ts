import { fstatSync } from 'node:fs'

/** Whether what is written there goes to another program: through a pipe, or a socket in the place of one. */
export function isPipe({ fd }: { readonly fd?: number }): boolean {
  if (fd === undefined) return false
  const stats = fstatSync(fd)
  return stats.isFIFO() || stats.isSocket()
}
