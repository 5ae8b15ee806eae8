// Suites of others, of a commit of their repository on GitHub, in the cache beside this file.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../support/processes.mjs'
import { Missing } from '../support/tally.mjs'

const cache = fileURLToPath(new URL('.cache', import.meta.url))
const FETCH = { limitS: 120 }

/** The folder of these paths of the repository, whole or not at all. Throws `Missing` where it cannot be fetched. */
export async function fetchSource({ repository, commit, paths }) {
  const folder = join(cache, `${repository.split('/').at(-1)}-${commit.slice(0, 12)}`)
  if (existsSync(folder)) return folder
  const partial = `${folder}.${process.pid}`
  mkdirSync(partial, { recursive: true })
  try {
    const git = (...words) => run('git', ['-C', partial, ...words], FETCH)
    await git('init', '--quiet')
    await git('remote', 'add', 'origin', `https://github.com/${repository}`)
    // The files that are not asked for stay where they are.
    await git('fetch', '--quiet', '--depth', '1', '--filter=blob:none', 'origin', commit)
    await git('checkout', '--quiet', 'FETCH_HEAD', '--', ...paths)
    rmSync(join(partial, '.git'), { recursive: true })
    renameSync(partial, folder)
  } catch (error) {
    throw new Missing(`${repository} could not be fetched (${error.message})`)
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return folder
}
