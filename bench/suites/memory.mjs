// Memory over a long stream: flat, whatever the length.
import { memoryCourse } from '../measure.mjs'

const MIB = 2 ** 20

export async function run(bench) {
  const { kts, bundled, quick, file, lines } = bench
  const rounds = quick ? 5 : 25
  const topic = bench.newTopic(bundled, {
    config: '--config retention.bytes=1073741824 --config segment.bytes=134217728',
  })
  const many = `${file} `.repeat(rounds)
  const gigabytes = ((207 * lines * rounds) / 1e9).toFixed(1)
  flat(
    bench,
    `kts produce: memory over ${gigabytes} GB`,
    await memoryCourse(`${kts} produce -b ${bundled.server} -t ${topic} --input-file - < <(cat ${many})`),
  )
  const source = bench.newTopic(bundled)
  for (let round = 0; round < rounds; round += 1)
    bench.sh(`${kts} produce -b ${bundled.server} -t ${source} --input-file ${file}`)
  flat(
    bench,
    `kts consume: memory over ${gigabytes} GB`,
    await memoryCourse(
      `${kts} consume -b ${bundled.server} -t ${source} --from-beginning --max-messages ${lines * rounds}`,
    ),
  )
}

function flat(bench, name, { peak, firstHalf, secondHalf }) {
  const grown = secondHalf / firstHalf
  bench.figure({
    name,
    goal: 'flat, under 150 MiB',
    isMet: peak / MIB < 150 && grown < 1.15,
    figure: `${(peak / MIB).toFixed(0)} MiB at most; second half ${(grown * 100).toFixed(0)} % of the first`,
  })
}
