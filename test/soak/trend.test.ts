import { expect, test } from 'vitest'
import { lowsOf, riseOf } from './trend.mjs'

const course = (y: (x: number) => number): { x: number; y: number }[] =>
  Array.from({ length: 100 }, (_, x) => ({ x, y: y(x) }))

test('a rise is that of the line through the points', () => {
  expect(riseOf(course((x) => 5 + 2 * x))).toBeCloseTo(198)
  expect(riseOf(course(() => 7))).toBeCloseTo(0)
})

test('what goes up and down is judged by its lows', () => {
  const teeth = (x: number): number => 10 + (x % 5) * (x > 50 ? 20 : 1)
  expect(riseOf(course(teeth))).toBeGreaterThan(40)
  expect(riseOf(lowsOf(course(teeth)))).toBeCloseTo(0)
  expect(riseOf(lowsOf(course((x) => teeth(x) + x)))).toBeGreaterThan(80)
})
