import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { confirm } from '../../../src/lib/work/confirm.ts'
import type { Connection, ProfileInForce } from '../../../src/lib/config/connection.ts'
import { UserError } from '../../../src/lib/errors.ts'
import { createContext, type ContextOptions } from '../../support/context.ts'

const connection: Connection = {
  bootstrapServers: ['kafka:9092'],
  properties: new Map(),
  origin: '--bootstrap-server',
  areControllers: false,
  isBox: false,
}
const deed = { question: 'Delete these 2 topics', items: 'a\nb\n' }

async function ask(
  answer: string,
  { profile, ...options }: ContextOptions & { yes?: boolean; profile?: ProfileInForce } = {},
) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true })
  stdin.end(answer)
  const { context, stdout, stderr } = createContext({ program: 'kts topics', stdin, isTTY: true, ...options })
  return {
    isSure: await confirm(deed, {
      values: { yes: options.yes ?? false },
      context,
      connection: { ...connection, profile },
    }),
    stdout: stdout(),
    stderr: stderr(),
  }
}

describe('confirm', () => {
  const question = 'a\nb\nDelete these 2 topics on kafka:9092? [y/N] '

  it('shows at a terminal what would go, and where, and goes ahead on yes alone', async () => {
    expect(await ask('y\n')).toEqual({ isSure: true, stdout: '', stderr: question })
    expect(await ask('YES\n')).toMatchObject({ isSure: true })
  })

  it('ends the line of the question where the input has ended', async () => {
    expect(await ask('')).toMatchObject({
      isSure: false,
      stderr: `${question}\nkts topics: nothing has been changed\n`,
    })
  })

  it.each(['n\n', '\n', 'yep\n'])('takes %j for a no, and says that nothing has happened', async (answer) => {
    expect(await ask(answer)).toEqual({
      isSure: false,
      stdout: '',
      stderr: `${question}kts topics: nothing has been changed\n`,
    })
  })

  it.each([{ yes: true }, { isTTY: false }, { stdin: new PassThrough() }, { style: 'drop-in' as const }])(
    'asks nothing with %j',
    async (options) => {
      expect(await ask('', options)).toEqual({ isSure: true, stdout: '', stderr: '' })
    },
  )
})

describe('confirm under a profile that wants its name', () => {
  const profile = { name: 'prod', origin: 'KTS_PROFILE', readOnly: false, confirm: true }
  const question = 'a\nb\nDelete these 2 topics on kafka:9092? Type prod to go ahead: '

  it('goes ahead when the name is typed, and --yes does not spare it', async () => {
    expect(await ask('prod\n', { profile })).toEqual({ isSure: true, stdout: '', stderr: question })
    expect(await ask('prod\n', { profile, yes: true })).toEqual({ isSure: true, stdout: '', stderr: question })
    expect(await ask('prod\n', { profile: { ...profile, origin: '--profile' }, yes: true })).toMatchObject({
      stderr: question,
    })
  })

  it.each(['y\n', 'Prod\n', 'prod1\n', '\n'])('does not with %j', async (answer) => {
    expect(await ask(answer, { profile, yes: true })).toEqual({
      isSure: false,
      stdout: '',
      stderr: `${question}kts topics: nothing has been changed\n`,
    })
  })

  it('wants --yes and the name on the command line where nobody sits', async () => {
    const elsewhere = { isTTY: false, profile }
    const refusal = new UserError(
      'the profile prod wants its name typed before this is done; where nobody can, add --profile prod --yes',
    )
    await expect(ask('prod\n', elsewhere)).rejects.toThrow(refusal)
    await expect(ask('prod\n', { ...elsewhere, yes: true })).rejects.toThrow(refusal)
    const named = { ...elsewhere, profile: { ...profile, origin: '--profile' } }
    await expect(ask('prod\n', named)).rejects.toThrow(refusal)
    expect(await ask('', { ...named, yes: true })).toEqual({ isSure: true, stdout: '', stderr: '' })
  })

  it('is no use under one that is read-only', async () => {
    await expect(ask('prod\n', { profile: { ...profile, readOnly: true }, yes: true })).rejects.toThrow(
      'the profile prod is read-only, so nothing is changed',
    )
  })
})
