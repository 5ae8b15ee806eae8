// Apache Kafka's jars, brought by Maven once for each version, and Java programs compiled against them.
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../support/processes.mjs'
import { Missing } from '../support/tally.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const cache = join(here, '.cache')

/**
 * The folder with the jars of this version; throws `Missing` without a JDK 17 and Maven, or a registry that it can
 * reach.
 */
export async function fetchJars(version) {
  const libs = join(cache, version)
  await requireJava()
  if (existsSync(libs)) return libs
  await requireTool('mvn', ['-v'])
  // Whole or not at all: an interrupted download must not pass for all the jars.
  const partial = `${libs}.${process.pid}`
  mkdirSync(cache, { recursive: true })
  try {
    const pom = join(here, 'pom.xml')
    await run(
      'mvn',
      [
        '-B',
        '-q',
        '-f',
        pom,
        `-Dkafka.version=${version}`,
        'dependency:copy-dependencies',
        `-DoutputDirectory=${partial}`,
      ],
      { limitS: 420 },
    )
    renameSync(partial, libs)
  } catch (error) {
    throw new Missing(`Maven could not bring Kafka ${version}: ${error.message}`)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return libs
}

/** The jars as a class path, without those whose names begin with one of `except`. */
export function classpathOf(libs, except = []) {
  const jars = readdirSync(libs).filter((jar) => !except.some((prefix) => jar.startsWith(prefix)))
  return jars.map((jar) => join(libs, jar)).join(':')
}

/** Compiles a Java program of one file; returns the folder of its classes. */
export async function compileJava(source, libs) {
  await requireTool('javac', ['-version'])
  const classes = join(cache, `classes-${basename(source, '.java')}-${basename(libs)}`)
  rmSync(classes, { recursive: true, force: true })
  await run('javac', ['-encoding', 'UTF-8', '-cp', classpathOf(libs), '-d', classes, source], { limitS: 120 })
  return classes
}

async function requireJava() {
  const { stderr } = await requireTool('java', ['-version'])
  const [, major] = /version "(\d+)/.exec(stderr) ?? []
  if (!(Number(major) >= 17)) throw new Missing(`Java 17 is needed, and this is ${stderr.split('\n')[0]}`)
}

/** What the tool says; throws `Missing` when it cannot be started. */
async function requireTool(tool, args) {
  try {
    return await run(tool, args)
  } catch (error) {
    throw new Missing(`${tool} is not installed (${error.message})`)
  }
}
