import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { APIS } from '../../src/lib/protocol/apis/index.ts'
import { buildBatch } from '../../src/lib/protocol/records/index.ts'
import { TestBroker } from '../support/broker.ts'
import { askEverything, cellsIn, differences, isAnonymous, SETTINGS, type Table } from './table.mjs'

const RECORDED = fileURLToPath(new URL('kafka-4.3.0.json', import.meta.url))

test('every user is answered every request as by Apache Kafka', { timeout: 120_000 }, async () => {
  const recorded = JSON.parse(readFileSync(RECORDED, 'utf8')) as Table
  expect(cellsIn(recorded)).toBeGreaterThan(1500)
  const broker = new TestBroker({ properties: SETTINGS })
  const found = await askEverything({
    buildBatch,
    connect: async (user) => ({
      send: (name, request, version) =>
        broker.sendAs(
          isAnonymous(user) ? {} : { principal: `User:${user}` },
          APIS.find((api) => api.name === name)!,
          request,
          version,
        ),
      close() {},
    }),
  })
  broker.close()
  expect(differences(recorded, found)).toEqual([])
})
