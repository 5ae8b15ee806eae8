// What the page is tried with: kts in processes that end with the suite, a folder of its own, and a browser.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { outcomeOf, run, startProcess, stopProcess } from '../support/processes.mjs'
import { removeFolder, temporaryFolder } from '../support/temporary-folder.mjs'

const kts = fileURLToPath(new URL('../../bin/kts', import.meta.url))

/** Debian's, or CHROMIUM=PATH. */
export const chromiumPath = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path && existsSync(path),
)

export class Stage {
  folder = temporaryFolder('kts-web-')
  #env = {
    ...process.env,
    XDG_STATE_HOME: join(this.folder, 'state'),
    XDG_CONFIG_HOME: join(this.folder, 'config'),
  }
  #children = []

  /** Starts kts, and resolves with what of its output fits, how long that took, and its process. */
  async start(args, ready) {
    const began = performance.now()
    const child = startProcess(process.execPath, [kts, ...args], { env: this.#env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.#children.push(child)
    const said = new Promise((resolve) => {
      let text = ''
      child.stdout.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
        const found = ready.exec(text)
        if (found) resolve({ found: found[0], ms: performance.now() - began, child })
      })
    })
    const ended = outcomeOf(child).then(({ code, stderr }) => {
      throw new Error(`kts ${args[0]} ended with ${code}: ${stderr}`)
    })
    return Promise.race([said, ended])
  }

  /** The bundled broker, in memory unless `options` say otherwise. */
  startBroker(options = ['--in-memory']) {
    return this.start(['broker', 'start', '--port', '0', ...options], /(?<=ready at )\S+(?=,)/)
  }

  /** The page of a cluster; `found` is its link. */
  startPage(server, options = []) {
    return this.start(['web', '-b', server, '--port', '0', ...options], /http:\S+(?=\n)/)
  }

  /** Runs kts to its end; rejects when it fails. */
  run(args, input = '', limitS = 120) {
    return run(process.execPath, [kts, ...args], { env: this.#env, input, limitS })
  }

  stop(child) {
    return stopProcess(child)
  }

  async close() {
    await Promise.all(this.#children.map((child) => stopProcess(child)))
    removeFolder(this.folder)
  }
}

export const launchBrowser = () =>
  chromium.launch({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

/** A window of its own with the page in it, by its link. */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext(options)
  context.setDefaultTimeout(30_000)
  const page = await context.newPage()
  await page.goto(url)
  await page.getByRole('heading', { name: 'Cluster' }).waitFor()
  return page
}

/** The address of a view. */
export const at = (url, path) => `${new URL(url).origin}/${path}`
