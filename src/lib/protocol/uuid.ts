/** A random UUID in Kafka's text form; never one that begins with '-', which would look like an option. */
export function randomUuid(): string {
  const { randomBytes } = process.getBuiltinModule('node:crypto')
  for (;;) {
    const id = randomBytes(16).toString('base64url')
    if (!id.startsWith('-')) return id
  }
}
