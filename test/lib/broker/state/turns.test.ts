import { describe, expect, it } from 'vitest'
import { ALONE, inTurns, Turns } from '../../../../src/lib/broker/state/turns.ts'
import { FakeClock } from '../../../support/fake-clock.ts'
import { settle } from '../log/support.ts'

describe('a turn', () => {
  it('lasts 2 ms, and begins anew with the next round of the event loop', async () => {
    const clock = new FakeClock()
    const turns = new Turns(clock)
    expect(turns.isOver).toBe(false)
    clock.advance(1)
    expect([turns.isOver, turns.pause()]).toEqual([false, undefined])
    clock.advance(1)
    expect(turns.isOver).toBe(true)
    await settle()
    expect(turns.isOver).toBe(false)
  })

  it('goes to those who wait one after the other', async () => {
    const clock = new FakeClock()
    const turns = new Turns(clock)
    expect(turns.isOver).toBe(false)
    const said: string[] = []
    const work = (name: string) =>
      inTurns(turns, [1, 2, 3], (item) => {
        said.push(`${name}${item}`)
        clock.advance(2)
      })
    await Promise.all([work('a'), work('b')])
    expect(said.filter((_, index) => index > 1).join(' ')).toBe('a2 b2 a3 b3')
  })
})

describe('items in turns', () => {
  it('are done at once while the turn lasts', () => {
    expect(inTurns(new Turns(new FakeClock()), [1, 2], (item) => item * 2)).toEqual([2, 4])
  })

  it('keep their order where some take their time, and pass an error on', async () => {
    const turns = new Turns(new FakeClock())
    expect(
      await inTurns<number, number>(turns, [1, 2, 3], (item) => (item === 2 ? settle().then(() => 20) : item)),
    ).toEqual([1, 20, 3])
    await expect(inTurns(turns, [1], () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
})

describe('large requests', () => {
  it('are let in as far as there is room, in their order', async () => {
    const turns = new Turns(new FakeClock())
    const ends: (() => void)[] = []
    const entered: string[] = []
    const enter = (name: string, bytes: number) =>
      turns.admit(bytes, () => {
        entered.push(name)
        return new Promise<void>((resolve) => ends.push(resolve))
      })
    const all = [enter('first', 600_000), enter('second', 600_000), enter('small', 20_000), enter('whole', ALONE)]
    expect(entered).toEqual(['first'])
    ends[0]!()
    await settle()
    expect(entered).toEqual(['first', 'second', 'small'])
    ends[1]!()
    await settle()
    expect(entered).toHaveLength(3)
    ends[2]!()
    await settle()
    expect(entered).toEqual(['first', 'second', 'small', 'whole'])
    ends[3]!()
    await Promise.all(all)
  })

  it('that fail leave as well', async () => {
    const turns = new Turns(new FakeClock())
    expect(() =>
      turns.admit(ALONE, () => {
        throw new Error('no')
      }),
    ).toThrow('no')
    await expect(turns.admit(ALONE, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(turns.admit(ALONE, () => 'in')).toBe('in')
  })
})
