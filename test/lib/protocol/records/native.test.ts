import { describe, expect, it } from 'vitest'
import { EnvironmentError } from '../../../../src/lib/errors.ts'
import { lazily } from '../../../../src/lib/protocol/records/native.ts'

describe('a native module', () => {
  it('is loaded on the first call, not before', () => {
    const load = lazily<{ join: unknown }>('node:path', 'joining')
    expect(load().join).toBeTypeOf('function')
    expect(load()).toBe(load())
  })

  it('that is missing is named, with what needs it', () => {
    const load = lazily('no-such-module-anywhere', 'snappy compression')
    expect(load).toThrow(EnvironmentError)
    expect(load).toThrow(
      /^snappy compression needs the module no-such-module-anywhere, which cannot be loaded here \(.*\); reinstall kts/,
    )
  })
})
