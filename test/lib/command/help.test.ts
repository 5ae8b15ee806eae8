import { expect, test } from 'vitest'
import { defineCommand, type Command } from '../../../src/lib/work/command.ts'
import { commandHelp, overview } from '../../../src/lib/command/help.ts'

const command = defineCommand({
  examples: [{ command: 'kts sample --topic a', about: 'One of them.' }],
  options: [
    { name: 'topic', short: 't', value: 'TOPIC', about: 'Which one.', section: 'Choice' },
    { name: 'old', value: 'VALUE', deprecatedFor: 'topic', about: 'Which one, once.' },
    { name: 'config', value: 'VALUE', argument: 'optional', repeatable: true, about: 'word '.repeat(40).trim() },
    { name: 'fresh', only: 'kts', about: 'New.' },
  ],
  words: [{ name: 'FILE', about: 'What to read.', isOptional: true }],
  offline: async () => {},
}) as unknown as Command

test('examples come first, then options by section, general and deprecated ones last', () => {
  const help = commandHelp({ about: 'Samples things', command, style: 'kts', program: 'kts sample', width: 100 })
  expect(help).toMatch(
    /^Samples things\.\n\nUsage: kts sample \[FILE\] \[options\]\n\nExamples\n {2}# One of them\.\n {2}kts sample --topic a\n/,
  )
  const order = ['Examples', 'Arguments', 'Choice', 'Options', 'General', 'Deprecated'].map((heading) =>
    help.indexOf(`\n${heading}\n`),
  )
  expect(order).not.toContain(-1)
  expect(order).toEqual([...order].sort((a, b) => a - b))
  expect(help).toContain('-t, --topic TOPIC  Which one.')
  expect(help).toContain('Use --topic.')
  expect(help).toContain('--json')
})

test('lines keep to the width', () => {
  for (const width of [60, 80, 120]) {
    const lines = commandHelp({ about: 'Samples things', command, style: 'kts', program: 'kts sample', width })
      .split('\n')
      .filter((line) => line.includes('word'))
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
    expect(lines.join(' ').match(/word/g)).toHaveLength(40)
  }
})

test('a drop-in shows its own options only', () => {
  const help = commandHelp({
    about: 'Samples things',
    command,
    style: 'drop-in',
    program: 'kafka-sample.sh',
    width: 100,
  })
  expect(help).not.toMatch(/--fresh|--json|--debug|Examples/)
  expect(help).toContain('Usage: kafka-sample.sh')
})

test('the overview lists commands, or those of a group', () => {
  const entries = [
    { name: 'topics', about: 'Topics.', dropIns: ['kafka-topics'] },
    { name: 'logs start', about: 'Starts.', dropIns: [] },
  ]
  expect(overview(entries, { width: 100 })).toMatch(/topics +Topics\. \(kafka-topics\)\n +logs start +Starts\.\n/)
  expect(overview(entries, { prefix: 'logs', width: 100 })).toMatch(/Usage: kts logs COMMAND/)
  expect(overview(entries, { prefix: 'logs', width: 100 })).not.toContain('Topics')
})
