import { describe, expect, it } from 'vitest'
import {
  findPlace,
  layerOf,
  mergeLayers,
  withoutPlace,
  type Layer,
  type Settings,
} from '../../../../src/lib/config/settings/layers.ts'

const from = (origin: string, properties: Record<string, string>): Layer =>
  layerOf(Object.entries(properties), () => origin)
const layer = (settings: Settings): Layer => ({ settings, properties: new Map() })
const set = (value: string, origin = 'somebody') => ({ value, origin })

describe('mergeLayers', () => {
  it('takes of each value the strongest, with its origin', () => {
    const { settings, properties } = mergeLayers([
      from('a', { acks: '1', 'bootstrap.servers': 'x:1' }),
      from('b', { acks: 'all', retries: '2', 'bootstrap.servers': 'y:1' }),
    ])
    expect(Object.fromEntries(properties)).toEqual({ acks: set('1', 'a'), retries: set('2', 'b') })
    expect(settings).toEqual({ servers: set('x:1', 'a') })
  })

  it('keeps no trace of a setting that nobody has', () => {
    expect(mergeLayers([])).toEqual({ settings: {}, properties: new Map() })
  })
})

describe('layerOf', () => {
  it('makes the servers a setting, but not an empty list of them', () => {
    expect(from('f', { 'bootstrap.servers': 'x:1', 'client.id': 'c' })).toEqual({
      settings: { servers: set('x:1', 'f') },
      properties: new Map([['client.id', set('c', 'f')]]),
    })
    expect(from('f', { 'bootstrap.servers': '' })).toEqual({ settings: {}, properties: new Map() })
  })

  it('leaves a property alone that has the name of a setting', () => {
    const { settings, properties } = from('f', { profile: 'p', output: 'json' })
    expect(settings).toEqual({})
    expect([...properties.keys()]).toEqual(['profile', 'output'])
  })
})

describe('findPlace', () => {
  it('finds the first that names servers or a profile', () => {
    const [output, profile, servers] = [
      layer({ output: set('json') }),
      layer({ profile: set('p') }),
      layer({ servers: set('x:1') }),
    ]
    expect(findPlace([output, servers, profile])).toBe(servers)
    expect(findPlace([output, profile, servers])).toBe(profile)
    expect(findPlace([output])).toBeUndefined()
  })
})

describe('withoutPlace', () => {
  it('leaves all but the cluster', () => {
    expect(
      withoutPlace({
        settings: { output: set('json'), servers: set('x:1'), profile: set('p') },
        properties: new Map([['acks', set('1')]]),
      }),
    ).toEqual({ settings: { output: set('json') }, properties: new Map([['acks', set('1')]]) })
  })
})
