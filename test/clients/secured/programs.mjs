// How the attempts of each client are made: `install()` resolves with `make(file)`, which resolves with the outcomes,
// in the order of the attempts in the file. It throws `Missing` without the toolchain.
import { fileURLToPath } from 'node:url'
import { classpathOf, compileJava, fetchJars } from '../../kafka/jars.mjs'
import { run } from '../../support/processes.mjs'
import { installGo, pythonProgram } from '../libraries.mjs'
import { attemptWithKcat } from './kcat.mjs'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const LIMIT_S = 120

export const PROGRAMS = {
  java: async () => {
    const libs = await fetchJars('4.3.0')
    const classes = await compileJava(here('../java/Secured.java'), libs)
    const classpath = `${classes}:${classpathOf(libs)}`
    return program(['java', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', classpath, 'Secured'])
  },
  confluent: async () => program(await pythonProgram('secured_confluent.py')),
  'kafka-python': async () => program(await pythonProgram('secured_kafka_python.py')),
  kafkajs: async () => program([process.execPath, here('../kafkajs/secured.mjs')]),
  sarama: async () => program([...(await installGo()), 'secured']),
  kcat: async () => attemptWithKcat,
}

/** A program writes a line for each attempt: `{ "error": null }`, or what the client says. */
const program =
  ([command, ...args]) =>
  async (file) => {
    const { stdout } = await run(command, [...args, file], { limitS: LIMIT_S })
    return stdout
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line))
  }
