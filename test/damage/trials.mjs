// A process of its own for trials: says of each which it is before it begins, and how it went. One that hangs is killed
// from outside.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { removeFolder } from '../support/temporary-folder.mjs'
import { checkOffsets, checkRecords, touchedBy, Wrong, writeOn } from './check.mjs'
import { Books, makeFolders } from './folder.mjs'
import { harm } from './harm.mjs'
import { Node, source } from './node.mjs'

const [place, firstSeed, count, seed] = [process.argv[2], ...process.argv.slice(3).map(Number)]
const say = (message) => process.send(message)

const [clean, unclean] = [join(place, 'clean'), join(place, 'unclean')]
const { books, nowMs } = await makeFolders(clean, unclean, source.createRandom(seed))
for (let trial = firstSeed; trial < firstSeed + count; trial += 1) {
  const random = source.createRandom(trial)
  const folder = join(place, `trial-${trial}`)
  const isClean = random() < 0.5
  cpSync(isClean ? clean : unclean, folder, { recursive: true })
  const { file, way } = harm(folder, random)
  const name = `${trial}: ${way} of ${file} after ${isClean ? 'a clean stop' : 'kill -9'}`
  say({ begins: name })
  try {
    say({ ends: name, outcome: await tryFolder(folder, file) })
  } catch (error) {
    say({ ends: name, wrong: error instanceof Wrong ? error.message : error.stack })
  }
  removeFolder(folder)
}
process.disconnect()

async function tryFolder(folder, file) {
  const mine = copyOf(books)
  const touched = touchedBy(file)
  const first = open(folder)
  if (!first) return 'refused'
  await checkAll(first, mine, touched)
  await writeOn(first, mine)
  // The cleaner has its turn: what it rewrites must not become anything else.
  await first.pass(30_000)
  await checkAll(first, mine, touched)
  await first.close()
  const second = open(folder)
  if (!second) throw new Wrong('it was served, and then refused')
  await checkAll(second, mine, touched)
  await second.close()
  const lines = [...first.warnings, ...second.warnings]
  const odd = lines.find(
    (line) => line.includes('\n') || /internal error|TypeError|RangeError|undefined|NaN/.test(line),
  )
  if (odd) throw new Wrong(`it says ${odd}`)
  return first.warnings.length > 0 ? 'served, with a warning' : 'served'
}

async function checkAll(node, mine, touched) {
  await checkRecords(node, mine, touched)
  await checkOffsets(node, mine, touched)
}

/** Null when the start is refused, in one line. */
function open(folder) {
  try {
    return new Node(folder, nowMs)
  } catch (error) {
    if (!source.isExpected(error) || error.message.includes('\n')) throw error
    return null
  }
}

function copyOf({ records, aborted, committed, starts }) {
  return Object.assign(new Books(), {
    records: new Map([...records].map(([name, known]) => [name, new Map(known)])),
    aborted,
    committed,
    starts,
  })
}
