// What differs from run to run, or from client to client, without meaning anything.

/** Lines that a runtime or its logger prints, not the tool. */
const NOISE =
  /^(OpenJDK|Java HotSpot|SLF4J|log4j|WARNING: (sun\.|A terminally|Use --enable|An illegal))|^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] (TRACE|DEBUG|INFO|WARN|ERROR|FATAL) /

/** [pattern, token]: tokens after which the padding still counts. The wording of warnings and errors is free. */
const FIXED = [
  [/\b(CreateTime|LogAppendTime):\d{12,14}/g, '$1:<time>'],
  [/\b(TopicId: |topic id )[\w-]{22}(?![\w-])/gi, '$1<topic-id>'],
  [/^(warn(ing)?: |option \S+ (is|has been) deprecated).*$/gim, '<warning>'],
  [/^error: .*(\n\* .*)*$/gim, '<error>'],
]

/**
 * [pattern, token]: tokens of any width; they set the width of their table's columns, so padding there is collapsed.
 */
const LOOSE = [
  // Tried at the beginning of a word only: in a word of a million letters every place would take a while.
  [/(?<![^\s,"()])[^\s,"()]+-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<member>'],
  [/(?<=\s)\/(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:]*(%\w+)?)(?=\s|$)/gm, '<host>'],
]

const LOOSE_MARK = '\u0001'

/** What a step printed, with tokens for what may differ; `vars` are put back into it. */
export function normalise(text, step, vars) {
  let out = text
    .split('\n')
    .filter((line) => !NOISE.test(line))
    .join('\n')
  if (step.own) {
    const mine = (line) => (step.own === 'first' ? line.startsWith(vars.t) : line.includes(vars.t))
    out = out
      .split('\n')
      .filter(mine)
      .map((line) => line.replace(/ +/g, ' ') + '\n')
      .join('')
  }
  for (const [pattern, token] of FIXED) out = out.replace(pattern, token)
  out = out.replace(/(?<=\tConfigs: ).*$/gm, sortConfigs)
  const masks = (step.mask ?? []).map(([source, token]) => [new RegExp(source, 'gm'), token])
  for (const [pattern, token] of [...masks, ...LOOSE]) out = out.replace(pattern, LOOSE_MARK + token)
  for (const name of Object.keys(vars).filter((name) => name !== 't')) {
    out = out.replaceAll(vars[name], (name === 'bootstrap' ? LOOSE_MARK : '') + `{${name}}`)
  }
  out = out.split('\n\n').map(collapseLooseColumns).join('\n\n')
  return out.replaceAll(vars.t, '{t}')
}

/** The order of a topic's settings says nothing; a value may hold commas itself. */
const sortConfigs = (list) =>
  list
    .split(/,(?=[\w.]+=)/)
    .sort()
    .join(',')

/** In one paragraph: from the column of the leftmost loose token on, every line's runs of spaces become one space. */
function collapseLooseColumns(paragraph) {
  const lines = paragraph.split('\n')
  const columns = lines.map((line) => line.indexOf(LOOSE_MARK)).filter((column) => column >= 0)
  if (columns.length === 0) return paragraph
  const from = Math.min(...columns)
  return lines
    .map((line) => line.slice(0, from) + line.slice(from).replaceAll(LOOSE_MARK, '').replace(/ {2,}/g, ' '))
    .join('\n')
}
