import { describe, expect, it } from 'vitest'
import { everyGroup, groups } from '../../../src/commands/groups/index.ts'
import type { Command } from '../../../src/lib/work/command.ts'
import { argumentOf } from '../../../src/lib/command/define.ts'
import { optionsFor } from '../../../src/lib/command/global-options.ts'
import { UserError } from '../../../src/lib/errors.ts'
import { dispatch } from '../../../src/dispatch.ts'
import { createContext } from '../../support/context.ts'
import { runCommand } from '../../support/run-command.ts'
import apache from '../../conformance/options.json' with { type: 'json' }

const nowhere = ['--bootstrap-server', '127.0.0.1:1']

/** The exit code of a command line that has to be refused before a broker is asked: nobody listens there. */
async function refuse(
  style: 'kts' | 'drop-in',
  args: readonly string[],
): Promise<{ code: number; stderr: string; stdout: string }> {
  const { context, stdout, stderr } = createContext({ env: {} })
  const [tool, words] =
    style === 'kts' ? (['kts', ['groups', ...args]] as const) : (['kafka-consumer-groups', args] as const)
  const code = await dispatch(tool, [...words, ...nowhere], (asked, program, rest) => ({
    ...context,
    style: asked,
    program,
    args: rest,
  }))
  return { code, stdout: stdout(), stderr: stderr() }
}

describe.each([
  ['kafka-consumer-groups', groups],
  ['kafka-groups', everyGroup],
] as const)('%s', (tool, command) => {
  const known = (apache.tools as Record<string, { options: { name: string; argument: string }[] }>)[tool]!.options

  it.each(known.map(({ name, argument }) => [name, argument]))('has %s with %s argument', (name, argument) => {
    const own = optionsFor(command as unknown as Command, 'drop-in').find((option) => `--${option.name}` === name)
    expect(argumentOf(own!)).toBe(argument)
  })
})

describe('wrong usage', () => {
  const both: readonly (readonly string[])[] = [
    [],
    ['--list', '--describe'],
    ['--describe'],
    ['--delete'],
    ['--reset-offsets', '--group', 'g', '--topic', 't'],
    ['--reset-offsets', '--group', 'g', '--to-earliest'],
    ['--reset-offsets', '--topic', 't', '--to-earliest'],
    ['--reset-offsets', '--group', 'g', '--topic', 't', '--to-earliest', '--to-latest'],
    ['--reset-offsets', '--group', 'g', '--topic', 't', '--to-earliest', '--execute', '--dry-run'],
    ['--reset-offsets', '--group', 'g', '--topic', 't:one', '--to-earliest'],
    ['--reset-offsets', '--group', 'g', '--topic', 't:1:2', '--to-earliest'],
    ['--delete-offsets', '--group', 'g'],
    ['--delete-offsets', '--topic', 't'],
    ['--delete', '--group', 'g', '--all-groups'],
    ['--list', '--group', 'g'],
    ['--list', '--members'],
    ['--describe', '--group', 'g', '--topic', 't'],
    ['--delete', '--group', 'g', '--topic', 't'],
    ['--describe', '--group', 'g', '--members', '--state'],
    ['--describe', '--group', 'g', '--offsets', '--state'],
    ['--describe', '--group', 'g', '--state', 'Stable'],
    ['--list', '--state', 'odd'],
    ['--list', '--type', 'odd'],
    ['--list', '--validate-regex', 'a'],
  ]
  it.each(both.map((args) => [args]))("%j ends with 1 as Apache's tool, 2 under kts", async (args) => {
    expect(await refuse('drop-in', args)).toMatchObject({ code: 1, stdout: '' })
    expect(await refuse('kts', args)).toMatchObject({ code: 2, stdout: '' })
  })

  const onlyKts: readonly (readonly string[])[] = [
    ['--describe', '--group', 'g', '--to-earliest'],
    ['--list', '--all-groups'],
    ['--list', '--execute'],
    ['--reset-offsets', '--group', 'g', '--topic', 't', '--all-topics', '--to-latest'],
    ['--reset-offsets', '--group', 'g', '--topic', 't', '--from-file', 'f'],
  ]
  it.each(onlyKts.map((args) => [args]))(
    '%j is refused under kts, which has no options without effect',
    async (args) => {
      expect((await refuse('kts', args)).code).toBe(2)
      expect((await refuse('drop-in', args)).stderr).not.toContain('--help lists the options')
    },
  )

  it.each([
    ['--reset-offsets', '--group', 'g', '--topic', 't', '--to-offset', 'seven'],
    ['--reset-offsets', '--group', 'g', '--topic', 't', '--shift-by', '1.5'],
    ['--reset-offsets', '--group', 'g', '--topic', 't', '--to-datetime', 'soon'],
    ['--reset-offsets', '--group', 'g', '--topic', 't', '--by-duration', '1 hour'],
    ['--list', '--timeout', 'soon'],
  ])("%s … %s is told on stdout, exit 0, by Apache's tool; 2 under kts", async (...args) => {
    expect(await refuse('drop-in', args)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\nError: .*\n$/) as string,
    })
    expect(await refuse('kts', args)).toMatchObject({ code: 2, stdout: '' })
  })

  it('of kafka-groups', async () => {
    const run = (...args: string[]) =>
      runCommand(everyGroup as unknown as Command, [...args, ...nowhere], { style: 'drop-in' })
    for (const args of [
      [],
      ['--list', '--group-type', 'odd'],
      ['--list', '--consumer', '--share'],
      ['--list', '--streams', '--protocol', 'x'],
      ['--list', '--share', '--group-type', 'share'],
    ]) {
      await expect(run(...args)).rejects.toThrow(UserError)
    }
  })
})

describe('--validate-regex', () => {
  const run = (style: 'kts' | 'drop-in', regex: string) => {
    const { context, stdout } = createContext({ env: {} })
    const words = style === 'kts' ? ['groups', '--validate-regex', regex] : ['--validate-regex', regex]
    return dispatch(style === 'kts' ? 'kts' : 'kafka-consumer-groups', words, (asked) => ({
      ...context,
      style: asked,
    })).then((code) => ({ code, stdout: stdout() }))
  }

  it('needs no broker, and knows RE2', async () => {
    expect(await run('drop-in', 'retail.*')).toEqual({
      code: 0,
      stdout: 'The regular expression `retail.*` is valid.\n',
    })
    expect(await run('drop-in', 'a(b')).toEqual({
      code: 0,
      stdout: 'The regular expression `a(b` is invalid: missing closing ).\n',
    })
    expect(await run('kts', '(?=a)')).toEqual({ code: 1, stdout: expect.stringContaining('is invalid') as string })
    expect((await run('kts', 'a|b')).code).toBe(0)
  })
})
