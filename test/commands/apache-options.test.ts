import { expect, test } from 'vitest'
import { commands } from '../../src/commands/index.ts'
import type { Command } from '../../src/lib/work/command.ts'
import { argumentOf } from '../../src/lib/command/define.ts'
import { optionsFor } from '../../src/lib/command/global-options.ts'
import apache from '../conformance/options.json' with { type: 'json' }

interface ApacheOption {
  readonly name: string
  readonly argument: string
}

/** Where a value may be left out by the letter, but leaves Apache's tool with nothing to work with. */
const NEED_A_VALUE = [
  'kafka-acls --command-config',
  'kafka-reassign-partitions --bootstrap-server',
  'kafka-reassign-partitions --bootstrap-controller',
]

const tools = [
  'kafka-leader-election',
  'kafka-features',
  'kafka-metadata-quorum',
  'kafka-acls',
  'kafka-reassign-partitions',
  'kafka-dump-log',
] as const

test.each(tools)("%s has every option of Apache's tool, with an argument or without", async (tool) => {
  const { options, ...rest } = apache.tools[tool] as {
    options: ApacheOption[]
    commands?: Record<string, ApacheOption[]>
  }
  const command = (await commands.find(({ dropIns }) => dropIns.includes(tool))!.load()) as Command
  const own = new Map<string, string>()
  for (const option of optionsFor(command, 'drop-in'))
    for (const name of [`--${option.name}`, `-${option.short}`]) own.set(name, argumentOf(option))
  const wanted = [...options, ...Object.values(rest.commands ?? {}).flat()]
  const differing = wanted.filter(
    ({ name, argument }) => own.get(name) !== argument && !(own.has(name) && NEED_A_VALUE.includes(`${tool} ${name}`)),
  )
  expect(differing).toEqual([])
})
