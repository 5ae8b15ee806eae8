// Asks Apache Avro anew: node test/lib/schemas/avro/java/record.mjs (Java 17, Maven). The tests read what it answered.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { run } from '../../../../support/processes.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'kts-avro-'))
try {
  const jars = join(folder, 'jars')
  const pom = join(here, 'pom.xml')
  await run('mvn', ['-B', '-q', '-f', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${jars}`], {
    limitS: 420,
  })
  const answers = join(folder, 'answers.json')
  const program = [join(here, 'AvroAnswers.java'), join(here, 'questions.json'), answers]
  await run('java', ['-cp', `${jars}/*`, ...program], { limitS: 120 })
  writeFileSync(join(here, 'answers.json.gz'), gzipSync(readFileSync(answers), { level: 9 }))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
