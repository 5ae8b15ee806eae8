// What a step expects and what it got: written into a case, or compared with it.

const toLines = (text) => (/^([^\n]*\n)+$/.test(text) ? text.slice(0, -1).split('\n') : text)
const toText = (spec) => (Array.isArray(spec) ? spec.map((line) => line + '\n').join('') : spec)

/** Lines sorted within each paragraph, and the paragraphs too; blank lines keep their places. */
function sorted(text) {
  const [, lead, body, end] = text.match(/^(\n*)([^]*?)(\n*)$/)
  return (
    lead +
    body
      .split('\n\n')
      .map((paragraph) => paragraph.split('\n').sort().join('\n'))
      .sort()
      .join('\n\n') +
    end
  )
}

const mode = (step) => step.compare ?? 'exact'

/** Writes what the tool did into the step. */
export function recordStep(step, seen) {
  // How a stopped process exits counts only where the case names a code.
  if (!('stop' in step) || 'code' in step) step.code = seen.code
  if (mode(step) === 'code-only') delete step.stdout
  else if (mode(step) === 'regex') {
    if (!new RegExp(toText(step.stdout)).test(seen.stdout))
      throw new Error(`the pattern does not match:\n${seen.stdout}\n${seen.stderr}`)
  } else step.stdout = toLines(mode(step) === 'unordered-lines' ? sorted(seen.stdout) : seen.stdout)
}

/** The differences between what a step expects and what the tool did, as lines. */
export function compareStep(step, seen) {
  const problems = []
  if ('code' in step && step.code !== seen.code) {
    const said = seen.stderr
      .split('\n')
      .filter((line) => line.trim())
      .slice(0, 3)
    problems.push(
      `  exit code ${seen.code}, not ${step.code}`,
      ...said.map((line) => `  stderr: ${line.slice(0, 200)}`),
    )
  }
  const wanted = toText(step.stdout ?? '')
  if (mode(step) === 'exact') problems.push(...difference(wanted, seen.stdout))
  if (mode(step) === 'unordered-lines') problems.push(...difference(sorted(wanted), sorted(seen.stdout)))
  if (mode(step) === 'regex' && !new RegExp(wanted).test(seen.stdout)) {
    problems.push(
      `  no match for ${wanted}`,
      ...seen.stdout
        .split('\n')
        .slice(0, 6)
        .map((line) => `  + ${line.slice(0, 300)}`),
    )
  }
  return problems
}

/** The lines from the first difference on, a few of each side. */
function difference(wanted, got) {
  if (wanted === got) return []
  const [a, b] = [wanted.split('\n'), got.split('\n')]
  let same = 0
  while (a[same] === b[same]) same += 1
  let tail = 0
  while (tail < Math.min(a.length, b.length) - same && a.at(-1 - tail) === b.at(-1 - tail)) tail += 1
  const show = (sign, lines) =>
    lines
      .slice(same, lines.length - tail)
      .slice(0, 4)
      .map((line) => `  ${sign} ${JSON.stringify(line).slice(0, 300)}`)
  return [`  line ${same + 1}:`, ...show('-', a), ...show('+', b)]
}

export const inline = (value) => {
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (typeof value !== 'object') return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([name, item]) => `${JSON.stringify(name)}: ${inline(item)}`)
    .join(', ')} }`
}

/**
 * JSON that stays readable in review: what is short stands on one line, and so does every command; text has a line a
 * line.
 */
export function pretty(value, indent = '', key = '') {
  const flat = inline(value)
  if (typeof value !== 'object' || key === 'run' || key === 'until') return flat
  const isText = ['stdout', 'stdin', 'text'].includes(key) && value.length > 1
  const holdsText = Array.isArray(value.stdout) && value.stdout.length > 1
  if (indent && key !== 'steps' && !isText && !holdsText && indent.length + flat.length < 110) return flat
  const inner = indent + '  '
  const items = Array.isArray(value)
    ? value.map((item) => inner + pretty(item, inner))
    : Object.entries(value).map(([name, item]) => `${inner}${JSON.stringify(name)}: ${pretty(item, inner, name)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  return `${open}\n${items.join(',\n')}\n${indent}${close}`
}
