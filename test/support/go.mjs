// Programs in Go, of modules from its proxy, by the Go of this machine: no other version is downloaded.
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { run } from './processes.mjs'
import { Missing, orMissing } from './tally.mjs'

const BUILD = { limitS: 420 }
export const GO_ENV = { ...process.env, GOTOOLCHAIN: 'local', CGO_ENABLED: '0' }

/** Throws `Missing` where there is no Go, or an older one than `[major, minor]`. */
export async function requireGo(least) {
  const { stdout } = await orMissing('go is', () => run('go', ['env', 'GOVERSION']))
  const [major, minor] = /go(\d+)\.(\d+)/.exec(stdout).slice(1).map(Number)
  if (major < least[0] || (major === least[0] && minor < least[1]))
    throw new Missing(`Go ${least.join('.')} is needed, and this is ${stdout.trim()}`)
}

/** Builds the module in `source`, which asks for `least`. */
export async function buildGoProgram(source, program, least) {
  await requireGo(least)
  mkdirSync(dirname(program), { recursive: true })
  const options = { ...BUILD, cwd: source, env: GO_ENV }
  await orMissing('modules of Go are', () => run('go', ['mod', 'download'], options))
  await run('go', ['build', '-o', program, '.'], options)
}
