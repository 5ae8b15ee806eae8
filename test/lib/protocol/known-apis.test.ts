import { expect, it } from 'vitest'
import { APIS } from '../../../src/lib/protocol/apis/index.ts'
import { KNOWN_APIS } from '../../../src/lib/protocol/known-apis.ts'
import { API_FACTS } from './facts.ts'

it('knows every API of Kafka 4.3.0, its versions, and whether it is for clients', () => {
  const facts = Object.entries(API_FACTS).map(
    ([
      name,
      {
        key,
        versions: [minVersion, maxVersion],
        listeners,
      },
    ]) => ({ key, name, minVersion, maxVersion, isForClients: listeners.includes('broker') }),
  )
  expect(KNOWN_APIS).toEqual(facts.sort((a, b) => a.key - b.key))
})

it('agrees with the APIs that are declared', () => {
  for (const { key, name, minVersion, maxVersion } of APIS) {
    expect(KNOWN_APIS.find((api) => api.key === key)).toMatchObject({ name, minVersion, maxVersion })
  }
})
