import { existsSync } from 'node:fs'

/** Runs the bundle under a tool's name. */
export async function launch(tool) {
  const bundle = new URL('../dist/cli.js', import.meta.url)
  if (!existsSync(bundle)) {
    process.stderr.write(`${tool}: kts is not built yet: run npm run build\n`)
    process.exit(1)
  }
  const { main } = await import(bundle.href)
  await main(tool)
}
