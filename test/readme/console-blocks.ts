/** A command that a text shows behind a `$`, and what it is said to print. */
export interface Shown {
  readonly command: string
  readonly output: readonly string[]
}

/** The commands of the `console` blocks of a Markdown text, in order. */
export function consoleCommands(markdown: string): Shown[] {
  const blocks = [...markdown.matchAll(/^```console\n(.*?)^```$/gms)].map(([, body]) => body!)
  return blocks.flatMap((body) =>
    body
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command, ...output] = text.replace(/\n$/, '').split('\n')
        return { command: command!, output }
      }),
  )
}

/** Tokens for what differs from run to run: numbers, ids, moments, folders, and which lines of the log come first. */
export function withoutChance(line: string): string {
  return (
    line
      .replace(/^[\d.]+ - - \[.*$/, '<access>')
      .replace(/(?<=topicid"?:\s?"?)[\w-]{22}/gi, '<id>')
      .replace(/\d{4}-\d\d-\d\dT[\d:.-]+Z/g, '<moment>')
      .replace(/(?<=<moment>)\.[\w-]{22}(?=\.csv)/g, '')
      .replace(/(\/[\w.-]+)+(?=\/(data|logs\/server|offsets\/|clients\/))/g, '<folder>')
      // The port of the test is another than Kafka's own.
      .replace(/server-\d+\.log/, 'server.log')
      .replace(/\d+ */g, '# ')
  )
}
