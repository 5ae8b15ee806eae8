import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { confirm } from '../../../src/lib/config/confirm.ts'
import type { Connection } from '../../../src/lib/config/connection.ts'
import { createContext, type ContextOptions } from '../../support/context.ts'

const connection: Connection = { bootstrapServers: ['kafka:9092'], properties: new Map(), origin: '--bootstrap-server', areControllers: false }
const deed = { question: 'Delete these 2 topics', items: 'a\nb\n' }

async function ask(answer: string, options: ContextOptions & { yes?: boolean } = {}) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  stdin.end(answer)
  const { context, stdout, stderr } = createContext({ program: 'kts topics', stdin, isTTY: true, ...options })
  return { isSure: await confirm(deed, { yes: options.yes ?? false }, context, connection), stdout: stdout(), stderr: stderr() }
}

describe('confirm', () => {
  const question = 'a\nb\nDelete these 2 topics on kafka:9092? [y/N] '

  it('shows at a terminal what would go, and where, and goes ahead on yes alone', async () => {
    expect(await ask('y\n')).toEqual({ isSure: true, stdout: '', stderr: question })
    expect(await ask('YES\n')).toMatchObject({ isSure: true })
  })

  it.each(['n\n', '\n', '', 'yep\n'])('takes %j for a no, and says that nothing has happened', async (answer) => {
    expect(await ask(answer)).toEqual({ isSure: false, stdout: '', stderr: `${question}kts topics: nothing has been changed\n` })
  })

  it.each([{ yes: true }, { isTTY: false }, { stdin: new PassThrough() }, { style: 'drop-in' as const }])('asks nothing with %j', async (options) => {
    expect(await ask('', options)).toEqual({ isSure: true, stdout: '', stderr: '' })
  })
})
