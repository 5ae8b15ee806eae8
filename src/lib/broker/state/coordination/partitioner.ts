/**
 * The partition of the state topic that the records of a group or transaction go to
 * (GroupCoordinatorService.partitionFor).
 */
export function partitionFor(id: string, partitionCount: number): number {
  const hash = javaHashCode(id)
  // Kafka's Utils.abs: the one number without a positive twin becomes 0.
  return (hash === -0x8000_0000 ? 0 : Math.abs(hash)) % partitionCount
}

/** `String.hashCode` of Java: 32 bits, over UTF-16 code units. */
function javaHashCode(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash
}
