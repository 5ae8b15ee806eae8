// The table on the screen's heels: bench/results.md, with machine and versions.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** Keeps what there is so far; the file holds one whole run. */
export function saveReport(bench) {
  writeFileSync(new URL(bench.quick ? 'results-quick.md' : 'results.md', import.meta.url), report(bench))
}

export function report({ rows, notes, quick, hasKcat, apache, tookMinutes }) {
  const missed = rows.flatMap(verdicts).filter((verdict) => verdict === 'missed').length
  return `# ${quick ? 'A quick look' : 'The last recorded benchmark'}

kts ${version} on ${new Date().toISOString().slice(0, 10)}: ${cpus().length} × ${cpus()[0].model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Linux; Node ${process.version}${hasKcat ? `, ${kcatVersion()}` : ''}${apache ? `, ${apache.name}` : ''}.
Each line is run in turn with its peers (A B A B …); figures are medians of n runs, wall and CPU seconds of the client. A ratio is the peer's time over ours: above 1 is in our favour. ${missed === 0 ? 'All goals are met.' : `${missed} ${missed === 1 ? 'goal is' : 'goals are'} missed.`}

- the run took ${tookMinutes.toFixed(0)} minutes
${notes.map((text) => `- ${text}`).join('\n')}
- why goals are missed, and what could be tried next: [reasons.md](reasons.md)

| what | goal | kts | beside | its figure | ratio | goal met |
| --- | --- | --- | --- | --- | --- | --- |
${rows.flatMap(linesOf).join('\n')}
`
}

const time = ({ wall, cpu }) => `${wall.toFixed(2)} s, CPU ${cpu.toFixed(2)} s`
const kcatVersion = () =>
  /Version (\S+).*librdkafka (\S+)/
    .exec(execFileSync('kcat', ['-V']).toString().replaceAll('\n', ' '))
    ?.slice(1, 3)
    .join(', librdkafka ')
    .replace(/^/, 'kcat ') ?? 'kcat'

function linesOf(row) {
  const named = (n) => (n === undefined ? row.name : `${row.name} (n = ${n})`)
  if (row.figure !== undefined) return [`| ${named(row.n)} | ${row.goal} | ${row.figure} | | | | ${verdicts(row)[0]} |`]
  const marks = verdicts(row)
  return row.others.map(
    (other, index) =>
      `| ${named(other.runs)} | ${row.goal ?? ''} | ${time(row.kts)} | ${other.who} | ${time(other)} | ${row.remark ?? other.ratio.toFixed(2)} | ${marks[index]} |`,
  )
}

function verdicts({ figure, isMet, others }) {
  if (figure !== undefined) return [isMet ? 'yes' : 'missed']
  return others.map(({ ratio, wanted }) => {
    if (isMet !== undefined) return isMet ? 'yes' : 'missed'
    return wanted === undefined ? '' : ratio >= wanted ? 'yes' : 'missed'
  })
}
