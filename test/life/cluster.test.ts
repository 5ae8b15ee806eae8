import { afterEach, beforeEach, expect, test } from 'vitest'
import { runTool, temporaryFolder } from '../support/kts.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  await kts('broker', 'stop', '--all')
  folder.remove()
})

const kts = (...args: string[]) => runTool('kts', args, { env: { XDG_STATE_HOME: folder.path } })

interface NodeStatus {
  readonly nodeId: number
  readonly role: string
  readonly state: string
  readonly leads: number | null
}

const status = async (): Promise<NodeStatus[]> =>
  JSON.parse((await kts('broker', 'status', '--json')).stdout) as NodeStatus[]

test('a cluster of three processes goes on without one of them', async () => {
  const started = await kts('broker', 'start', '--brokers', '3', '--daemon', '--port', '0', '--json')
  expect(started.code).toBe(0)
  const { bootstrapServers } = JSON.parse(started.stdout) as { bootstrapServers: string }
  await kts('topics', 'create', 'orders', '-p', '3', '-r', '3', '-b', bootstrapServers)
  expect(await status()).toMatchObject([
    { nodeId: 1, role: 'broker', state: 'up', leads: 1 },
    { nodeId: 2, role: 'broker', state: 'up', leads: 1 },
    { nodeId: 3, role: 'broker', state: 'up', leads: 1 },
    { nodeId: 3000, role: 'controller', state: 'up', leads: null },
  ])

  expect(await kts('broker', 'kill', '3')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^killed broker 3 /),
  })
  const sent = await runTool('kts', ['produce', 'orders', '-b', bootstrapServers, '-X', 'acks=all'], { input: 'one\n' })
  expect(sent.code).toBe(0)
  expect((await status())[2]).toMatchObject({ state: 'down' })
  expect(await kts('broker', 'kill', '3')).toMatchObject({ code: 1, stderr: expect.stringContaining('does not run') })

  expect(await kts('broker', 'start', '3')).toMatchObject({ code: 0 })
  expect(await kts('broker', 'start', '3')).toMatchObject({ code: 1, stderr: expect.stringContaining('runs already') })
  expect(await kts('broker', 'stop', '2')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^stopped broker 2 /),
  })
  expect((await status())[1]).toMatchObject({ state: 'down', leads: 0 })

  const stopped = await kts('broker', 'stop')
  expect(stopped.stdout.trim().split('\n').at(-1)).toMatch(/^stopped controller 3000 /)
  expect(await kts('broker', 'status')).toMatchObject({ code: 1, stdout: 'no broker runs\n' })
})
