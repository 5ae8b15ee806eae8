import { spawn } from 'node:child_process'

const BROWSERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
}

/** Opens an address in the user's browser, which outlives this process. */
export function openBrowser(url: string, say: (line: string) => void): void {
  const [program, ...words] = BROWSERS[process.platform] ?? ['xdg-open']
  const child = spawn(program, [...words, url], { detached: true, stdio: 'ignore' })
  child.on('error', () => say(`no browser could be started; open ${url}`)).unref()
}
