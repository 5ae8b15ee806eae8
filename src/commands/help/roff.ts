/** The few macros of man(7) that a manual page needs; groff and mandoc both know them. */

/** One page, section by section. */
export class Roff {
  private readonly parts: string[]

  constructor(name: string, version: string) {
    this.parts = [
      `.TH ${quoted(name.toUpperCase())} 1 "" ${quoted(`kts ${version}`)} ${quoted('Kafka command line')}\n.nh\n.ad l\n`,
    ]
  }

  /** A heading is a paragraph's beginning already. */
  section(title: string, ...blocks: readonly string[]): this {
    const lines = blocks.map((block) => (block.endsWith('\n') ? block : `${block}\n`))
    this.parts.push(
      `.SH ${quoted(title.toUpperCase())}\n`,
      ...lines.map((line, i) => (i === 0 ? line.replace(/^\.PP\n/, '') : line)),
    )
    return this
  }

  toString(): string {
    return this.parts.join('')
  }
}

/** Text that stands for itself: nothing in it is a request, an escape or a hyphen where a line may end. */
export const plain = (text: string): string => atStart(text.replace(/[\\\-~^`'"\u0080-\uffff]/g, escape))

export const bold = (text: string): string => `\\fB${plain(text)}\\fR`

export const subsection = (title: string): string => `.SS ${quoted(title)}\n`

/** A paragraph of text that is escaped already. */
export const paragraph = (text: string): string => `.PP\n${text}\n`

/** Words with what they mean. */
export const terms = (rows: readonly (readonly [term: string, about: string])[]): string =>
  rows.map(([term, about]) => `.TP\n${bold(term)}\n${plain(about)}\n`).join('')

/** Lines as they are, each below what it does. */
export const examples = (lines: readonly { readonly command: string; readonly about?: string }[]): string =>
  `.PP\n.nf\n.RS 4\n${lines.map(({ command, about }) => `${about === undefined ? '' : `# ${plain(about)}\n`}${plain(command)}\n`).join('')}.RE\n.fi\n`

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\e',
  '-': '\\-',
  '~': '\\(ti',
  '^': '\\(ha',
  '`': '\\(ga',
  "'": '\\(aq',
  '"': '\\(dq',
}

const escape = (sign: string): string =>
  ESCAPES[sign] ?? `\\[u${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`

/** A dot at the beginning of a line would make it a request. */
const atStart = (text: string): string => text.replace(/^\./, '\\&.')

const quoted = (text: string): string => `"${plain(text)}"`

/** The line that man -k and whatis look for. */
export const named = (name: string, about: string): string => `${plain(name)} \\- ${plain(about)}`
