import { expect, test } from 'vitest'
import { spinWhile } from '../../../src/lib/output/spinner.ts'
import { createContext } from '../../support/context.ts'

test('is not seen off a terminal, nor for work that is done at once', async () => {
  for (const isTTY of [false, true]) {
    const { context, stderr } = createContext({ isTTY })
    expect(await spinWhile('starting', context, Promise.resolve(5))).toBe(5)
    expect(stderr()).toBe('')
  }
})

test('lets an error through', async () => {
  const { context } = createContext({ isTTY: true })
  await expect(spinWhile('starting', context, Promise.reject(new Error('no')))).rejects.toThrow('no')
})
