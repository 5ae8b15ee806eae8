import { resolve } from 'node:path'
import { parseJavaAddress } from '../../lib/address.ts'
import type { Listener, Voter } from '../../lib/client/admin/alter-quorum.ts'
import { readPropertiesFile } from '../../lib/config/properties-file.ts'
import { EnvironmentError, UserError } from '../../lib/errors.ts'

type Settings = ReadonlyMap<string, string>

/** What a controller's settings say of it, and the id in its metadata's folder. Throws UserError, EnvironmentError. */
export function readController(file: string, cwd: string): Voter & { readonly listeners: readonly Listener[] } {
  const settings = readPropertiesFile(file, cwd)
  const wrong = (reason: string): UserError => new UserError(`${file} is not the settings of a controller: ${reason}`)
  const id = settings.get('node.id')
  if (id === undefined || !/^\d+$/.test(id)) throw wrong('node.id is missing or no number')
  if (!list(settings, 'process.roles').includes('controller')) throw wrong('process.roles does not name "controller"')
  const [directory = settings.get('metadata.log.dir')] = settings.has('metadata.log.dir')
    ? []
    : list(settings, 'log.dirs')
  if (directory === undefined) throw wrong('neither metadata.log.dir nor log.dirs is set')
  const listeners = controllerListeners(settings, wrong)
  return { id: Number(id), directoryId: readDirectoryId(directory, cwd), listeners }
}

/** The addresses by which other controllers find it: advertised ones win. */
function controllerListeners(settings: Settings, wrong: (reason: string) => UserError): Listener[] {
  const names = list(settings, 'controller.listener.names')
  if (names.length === 0) throw wrong('controller.listener.names is not set')
  const known = new Map(
    [...list(settings, 'listeners'), ...list(settings, 'advertised.listeners')].map((text) => {
      const [, name, address] = /^([\w.-]+):\/\/(.*)$/.exec(text) ?? []
      if (name === undefined) throw wrong(`"${text}" is no listener`)
      return [name.toUpperCase(), address!] as const
    }),
  )
  return names.map((listener) => {
    const name = listener.toUpperCase()
    const address = known.get(name)
    if (address === undefined) throw wrong(`no listener is named ${name}`)
    return { name, ...parseJavaAddress(address) }
  })
}

/** Throws EnvironmentError. */
function readDirectoryId(directory: string, cwd: string): string {
  const path = resolve(cwd, directory, 'meta.properties')
  try {
    const id = readPropertiesFile(path, cwd).get('directory.id')
    if (id === undefined) throw new EnvironmentError(`${path} has no directory.id`)
    return id
  } catch (error) {
    // The user has named its folder at most.
    throw error instanceof UserError ? new EnvironmentError(error.message) : error
  }
}

const list = (settings: Settings, name: string): string[] =>
  (settings.get(name) ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
