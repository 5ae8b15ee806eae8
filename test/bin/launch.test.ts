import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root, temporaryFolder } from '../support/kts.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

/** Runs a launcher under a Node that says it is another. */
function launch(
  version: string,
  launcher = join(root, 'bin', 'kts'),
): { code: number | null; stdout: string; stderr: string } {
  const versions =
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: process.env.SAID } })"
  writeFileSync(join(folder.path, 'say.cjs'), versions)
  const flags = ['--preserve-symlinks', '--preserve-symlinks-main', '--require', join(folder.path, 'say.cjs')]
  const {
    status: code,
    stdout,
    stderr,
  } = spawnSync(process.execPath, [...flags, launcher, '--version'], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, SAID: version, NODE_DISABLE_COMPILE_CACHE: '1' },
  })
  return { code, stdout, stderr }
}

describe('a Node that is too old', () => {
  it.each(['20.18.3', '18.20.8', '8.17.0', '0.12.18'])('%s: one line says so', (version) => {
    const stderr = `kts: kts needs Node 20.19 or later, and this is Node ${version}\n`
    expect(launch(version)).toEqual({ code: 1, stdout: '', stderr })
  })

  it.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0'])('is not %s', (version) => {
    expect(launch(version)).toMatchObject({ code: 0, stderr: '' })
  })

  it('is older than package.json says', () => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { engines: { node: string } }
    expect(engines.node).toBe('>=20.19')
  })
})

describe('what is not built', () => {
  const bare = (...parts: string[]): string => {
    for (const part of parts) {
      mkdirSync(join(folder.path, part, '..'), { recursive: true })
      symlinkSync(join(root, part), join(folder.path, part))
    }
    return join(folder.path, 'bin', 'kts')
  }

  it('says in a clone how it is', () => {
    const stderr = `kts: kts is not built: run npm ci && npm run build in ${folder.path}\n`
    expect(launch('24.1.0', bare('bin', 'scripts'))).toEqual({ code: 1, stdout: '', stderr })
  })

  it('says in an installed package that scripts are to blame', () => {
    const stderr = 'kts: kts is not built: its install scripts did not run; install it again without --ignore-scripts\n'
    expect(launch('24.1.0', bare('bin'))).toEqual({ code: 1, stdout: '', stderr })
  })

  it('is a folder of the build without a build in it', () => {
    const launcher = bare('bin')
    mkdirSync(join(folder.path, 'dist', 'cli'), { recursive: true })
    expect(launch('24.1.0', launcher)).toMatchObject({ code: 1, stdout: '' })
  })
})
