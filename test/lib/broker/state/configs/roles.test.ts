import { describe, expect, test } from 'vitest'
import { parseAdvertisedListeners, parseListeners } from '../../../../../src/lib/broker/state/configs/listeners.ts'
import { parseBrokerConfig } from '../../../../../src/lib/broker/state/configs/parse-broker-config.ts'
import { controllerAddresses, controllerListeners, rolesOf } from '../../../../../src/lib/broker/state/configs/roles.ts'
import { UserError } from '../../../../../src/lib/errors.ts'

const BOTH = 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093'
const parse = (properties: Record<string, string>) => parseBrokerConfig(new Map(Object.entries(properties)))

const rolesWith = (properties: Record<string, string>) => {
  const { config, warnings } = parse({ 'controller.listener.names': 'CONTROLLER', ...properties })
  const { isBroker, isController } = rolesOf(config)
  const roles = `${isBroker ? 'broker ' : ''}${isController ? 'controller' : ''}`.trim()
  return { roles, ports: controllerListeners(config).map(({ port }) => port), warnings }
}

describe('a node', () => {
  test('that names no quorum is alone, and its controller does not listen', () => {
    expect(rolesWith({ listeners: BOTH })).toMatchObject({ roles: 'broker controller', ports: [] })
  })

  test.each<[string, Record<string, string>]>([
    ['controller.quorum.voters', { 'controller.quorum.voters': '1@elsewhere:1' }],
    ['controller.quorum.bootstrap.servers', { 'controller.quorum.bootstrap.servers': 'localhost:9093' }],
    [
      'bootstrap servers, by an address that clients are told',
      {
        'controller.quorum.bootstrap.servers': 'kafka:9093',
        'advertised.listeners': 'PLAINTEXT://kafka:9092',
        listeners: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      },
    ],
  ])('that is named first in %s is the controller', (_, properties) => {
    expect(rolesWith({ listeners: BOTH, ...properties })).toEqual({
      roles: 'broker controller',
      ports: [9093],
      warnings: [],
    })
  })

  test.each<Record<string, string>>([
    { 'controller.quorum.voters': '3@h:1,1@h:3,2@h:2', 'node.id': '2' },
    { 'controller.quorum.bootstrap.servers': 'h:3,localhost:9093' },
  ])('that is another of the controllers is a broker alone, and says so: %o', (properties) => {
    expect(rolesWith({ listeners: BOTH, ...properties })).toEqual({
      roles: 'broker',
      ports: [],
      warnings: ['h:3 is the controller of this cluster, and there is one at a time: this node is a broker alone'],
    })
  })

  test('without a listener for its controller is alone, whatever quorum it names', () => {
    const { config } = parse({ 'controller.quorum.bootstrap.servers': 'elsewhere:1' })
    expect(rolesOf(config)).toEqual({ isBroker: true, isController: true })
  })

  test('may be a broker alone', () => {
    const { config, warnings } = parse({
      'process.roles': 'broker',
      'node.id': '2',
      'controller.quorum.voters': '1@localhost:9093',
      'controller.listener.names': 'CONTROLLER',
    })
    expect(rolesOf(config)).toEqual({ isBroker: true, isController: false })
    expect(controllerAddresses(config)).toMatchObject([{ host: 'localhost', port: 9093 }])
    expect(warnings).toEqual([])
  })

  test('may be a controller alone, with no listener for clients', () => {
    const { config } = parse({
      'process.roles': 'controller',
      'node.id': '1',
      listeners: 'CONTROLLER://0.0.0.0:9093',
      'controller.quorum.voters': '1@localhost:9093',
      'controller.listener.names': 'CONTROLLER',
    })
    expect(rolesOf(config)).toEqual({ isBroker: false, isController: true })
    expect(parseListeners(config)).toEqual([])
    expect(controllerListeners(config)).toMatchObject([{ name: 'CONTROLLER', port: 9093 }])
    expect(parseAdvertisedListeners(config, 'controller')[0]!.host).not.toBe('0.0.0.0')
  })
})

const BROKER = { 'process.roles': 'broker', 'node.id': '2', 'controller.listener.names': 'CONTROLLER' }
const CONTROLLER = { 'process.roles': 'controller', 'node.id': '1', 'controller.listener.names': 'CONTROLLER' }
const COMBINED = { 'process.roles': 'broker,controller', 'node.id': '1', 'controller.listener.names': 'CONTROLLER' }
const VOTERS = { 'controller.quorum.voters': '1@localhost:9093' }

test.each<[Record<string, string>, RegExp]>([
  [BROKER, /^If using process.roles, either controller.quorum.bootstrap.servers must contain/],
  [CONTROLLER, /^If using process.roles, either/],
  [{ ...BROKER, ...VOTERS, 'node.id': '1' }, /the node id 1 must not be included in the set of voters/],
  [{ ...BROKER, ...VOTERS, listeners: BOTH }, /^controller.listener.names must not contain a value appearing/],
  [{ ...VOTERS, 'process.roles': 'broker', 'node.id': '2' }, /^controller.listener.names must contain at least one/],
  [{ ...VOTERS, 'node.id': '2' }, /the node id 2 must be included in the set of voters .*=1@localhost:9093$/],
  [{ ...CONTROLLER, ...VOTERS }, /must contain at least one value appearing in the 'listeners' configuration/],
  [{ ...COMBINED, ...VOTERS }, /must contain at least one value appearing in the 'listeners' configuration/],
  [{ ...COMBINED, ...VOTERS, listeners: BOTH, 'controller.listener.names': 'CONTROLLER,OTHER' }, /and OTHER does not$/],
  [{ 'process.roles': 'broker,controller', ...VOTERS, listeners: BOTH }, /^Missing configuration `node.id`/],
  [{ ...BROKER, ...VOTERS, 'controller.quorum.auto.join.enable': 'true' }, /is only supported when process.roles/],
  [
    {
      ...CONTROLLER,
      ...VOTERS,
      listeners: 'CONTROLLER://localhost:9093',
      'inter.broker.listener.name': 'CONTROLLER',
    },
    /^controller.listener.names must not contain an explicitly set inter.broker.listener.name/,
  ],
  [{ ...CONTROLLER, ...VOTERS, listeners: BOTH }, /^The listeners config must only contain KRaft controller/],
  [
    { ...CONTROLLER, 'node.id': '2', 'controller.quorum.voters': '1@h:1,2@h:2', listeners: 'CONTROLLER://:9093' },
    /^h:1 is the controller of this cluster, and there is one at a time/,
  ],
  [{ 'controller.quorum.voters': 'localhost:9093' }, /is not of the form ID@HOST:PORT$/],
  [{ 'controller.quorum.bootstrap.servers': 'localhost' }, /is not a server address/],
])('%o is refused', (properties, sentence) => {
  const refused = () => parse(properties)
  expect(refused).toThrow(UserError)
  expect(refused).toThrow(sentence)
})
