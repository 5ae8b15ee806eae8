import { describe, expect, it } from 'vitest'
import { formatAddress, parseAddress, parseJavaAddress } from '../../src/lib/address.ts'

describe('an address', () => {
  it.each([
    ['localhost:9092', 'localhost', 9092],
    ['localhost', 'localhost', 9092],
    ['[::1]:29092', '::1', 29092],
    ['[::1]', '::1', 9092],
    ['[fe80::1%eth0]:9092', 'fe80::1%eth0', 9092],
    [' kafka_1.example.com:1 ', 'kafka_1.example.com', 1],
    ['PLAINTEXT://h:9093', 'h', 9093],
    ['kafka://[::1]:9093', '::1', 9093],
    ['10.0.0.1:65535', '10.0.0.1', 65_535],
    ['[::ffff:10.0.0.1]:9092', '::ffff:10.0.0.1', 9092],
  ])('%s', (text, host, port) => {
    expect(parseAddress(text)).toEqual({ host, port })
    expect(parseAddress(formatAddress({ host, port }))).toEqual({ host, port })
  })

  it.each([
    ['::1:29092', 'e.g. [::1]:29092'],
    ['fe80::1%eth0', 'e.g. [fe80::1%eth0]:9092'],
    ['fe80::1%eth0:9092', 'e.g. [fe80::1%eth0]:9092'],
    ['::1', 'e.g. [::1]:9092'],
    ['PLAINTEXT://::1:29092', 'e.g. [::1]:29092'],
    ['', 'e.g. localhost:9092'],
    ['a b:1', 'e.g. localhost:9092'],
    ['h:', 'write HOST:PORT'],
    [':9092', 'write HOST:PORT'],
    ['h:x', 'write HOST:PORT'],
    ['[h]:1', 'write HOST:PORT'],
    ['http://h:9092/', 'write HOST:PORT'],
    ['u@h:9092', 'write HOST:PORT'],
    ['h:0', 'with a port from 1 to 65535'],
    ['h:65536', 'with a port from 1 to 65535'],
    ['h:999999999', 'with a port from 1 to 65535'],
  ])('not "%s"', (text, hint) => {
    expect(() => parseAddress(text)).toThrow(`"${text.replace('u@', '…@')}" is not a server address`)
    expect(() => parseAddress(text)).toThrow(hint)
  })

  it('may need its port', () => {
    expect(() => parseAddress('h', { needsPort: true })).toThrow('it lacks the port; write HOST:PORT, e.g. h:9093')
  })
})

/** Expectations from java.util.regex with the pattern of Kafka's Utils. */
describe('an address, to Java', () => {
  it.each([
    ['::1:29092', '::1', 29092],
    ['[::1]:9092', '::1', 9092],
    ['[fe80::1%eth0]:9092', 'fe80::1%eth0', 9092],
    ['fe80::1%eth0:9092', 'fe80::1%eth0', 9092],
    ['PLAINTEXT://h:9092', 'h', 9092],
    ['kafka://h:9092', 'h', 9092],
    ['h:1', 'h', 1],
    [':9092', 'localhost', 9092],
  ])('%s', (text, host, port) => {
    expect(parseJavaAddress(text)).toEqual({ host, port })
  })

  it.each(['localhost', '[::1]9092', 'host:9092/x', 'h :1', 'h:99999', 'h:0', ''])('not "%s"', (text) => {
    expect(() => parseJavaAddress(text)).toThrow('is not a server address')
  })
})
