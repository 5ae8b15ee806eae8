// Apicurio Registry, of Maven Central, as another maker's registry: with its schemas in memory, on a free port.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePorts } from '../../support/free-ports.mjs'
import { run, startProcess, stopProcess } from '../../support/processes.mjs'
import { Missing } from '../../support/tally.mjs'

const VERSION = '3.3.3'
const cache = fileURLToPath(new URL('../.cache/apicurio', import.meta.url))
const START_LIMIT_S = 120
const NEEDED_JAVA = 21

/** Starts it; throws `Missing` without Java 21 and Maven, or a Maven repository that can be reached. */
export async function startApicurio() {
  const java = await findJava()
  const folder = await fetchApicurio()
  const [port] = await freePorts(1)
  const child = startProcess(
    java,
    [
      '-Xmx512m',
      `-Dquarkus.http.port=${port}`,
      '-Dquarkus.http.host=127.0.0.1',
      '-jar',
      join(folder, 'quarkus-run.jar'),
    ],
    { cwd: folder, stdio: 'ignore' },
  )
  const url = `http://127.0.0.1:${port}/apis/ccompat/v7`
  const began = performance.now()
  while (!(await answers(url))) {
    if (child.exitCode !== null) throw new Error(`Apicurio ended with ${child.exitCode}`)
    if (performance.now() - began > START_LIMIT_S * 1000)
      throw new Error(`Apicurio does not answer in ${START_LIMIT_S} s`)
    await delay(250)
  }
  return { url, startMs: performance.now() - began, stop: () => stopProcess(child) }
}

async function answers(url) {
  return await fetch(`${url}/subjects`).then(
    (answer) => answer.ok,
    () => false,
  )
}

/** The first that is new enough: the one in the path, or another one that Debian has put beside it. */
async function findJava() {
  const beside = '/usr/lib/jvm'
  const others = existsSync(beside) ? readdirSync(beside).map((name) => join(beside, name, 'bin', 'java')) : []
  for (const java of ['java', ...others.filter((path) => existsSync(path))]) {
    const { stderr } = await run(java, ['-version']).catch(() => ({ stderr: '' }))
    if (Number(/version "(\d+)/.exec(stderr)?.[1]) >= NEEDED_JAVA) return java
  }
  throw new Missing(`Java ${NEEDED_JAVA} is needed for Apicurio ${VERSION}`)
}

/** Whole or not at all: an interrupted download must not pass for a registry. */
async function fetchApicurio() {
  const folder = join(cache, VERSION)
  if (existsSync(folder)) return folder
  const partial = `${folder}.${process.pid}`
  mkdirSync(partial, { recursive: true })
  const artifact = `io.apicurio:apicurio-registry-app:${VERSION}:tar.gz:all`
  try {
    await run('mvn', ['-B', '-q', 'dependency:get', `-Dartifact=${artifact}`, '-Dtransitive=false'], { limitS: 300 })
    const copy = ['dependency:copy', `-Dartifact=${artifact}`, `-DoutputDirectory=${partial}`]
    await run('mvn', ['-B', '-q', ...copy], { limitS: 120 })
    const archive = join(partial, `apicurio-registry-app-${VERSION}-all.tar.gz`)
    await run('tar', ['xzf', archive, '-C', partial], { limitS: 120 })
    rmSync(archive)
    renameSync(partial, folder)
  } catch (error) {
    throw new Missing(`Maven could not bring Apicurio ${VERSION}: ${error.message}`)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return folder
}
