import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { temporaryFolder } from './kts.ts'

/** A user's home with profiles, and a project below it; `env` and `cwd` for a context or a process. */
export interface SettingsHome {
  readonly home: string
  readonly cwd: string
  readonly env: Record<string, string>
  /** The file of the profiles, and that of the project. */
  readonly files: { readonly profiles: string; readonly current: string; readonly project: string }
  /** Writes a file, by its path or by what it is. */
  write(file: string, text: string): void
  remove(): void
}

export function createSettingsHome(): SettingsHome {
  const { path: home, remove } = temporaryFolder()
  const [folder, cwd] = [join(home, 'config', 'kts'), join(home, 'shop', 'src')]
  mkdirSync(cwd, { recursive: true })
  return {
    home,
    cwd,
    remove,
    env: { HOME: home, XDG_CONFIG_HOME: join(home, 'config') },
    files: {
      profiles: join(folder, 'config.yaml'),
      current: join(folder, 'current-profile'),
      project: join(home, 'shop', '.kts.yaml'),
    },
    write(file, text) {
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    },
  }
}
