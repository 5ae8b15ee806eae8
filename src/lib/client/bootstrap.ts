import { EnvironmentError, KafkaError } from '../errors.ts'
import { formatAddress, type Address } from '../address.ts'
import { failureReason } from '../failure-reason.ts'
import { openWire, type Wire, type WireConfig } from './wire.ts'

/** How long one server has to itself before the next one is tried beside it. */
const HEAD_START_MS = 250

/**
 * Connects to the first of several servers that answers; each of them is tried before `timeoutMs` is over. Throws
 * EnvironmentError that names every server and what is wrong with it, KafkaError when one refuses the credentials.
 */
export function openAny(
  addresses: readonly Address[],
  config: WireConfig & { readonly origin: string | undefined },
  timeoutMs: number,
  closed: AbortSignal,
): Promise<Wire> {
  const { clock, origin } = config
  const deadline = clock.now() + timeoutMs
  const headStartMs = Math.min(HEAD_START_MS, timeoutMs / (2 * addresses.length))
  const decided = new AbortController()
  const signal = AbortSignal.any([decided.signal, closed])
  const errors: unknown[] = []
  let started = 0
  let failed = 0

  return new Promise((resolve, reject) => {
    const startNext = (): void => {
      if (started === addresses.length || signal.aborted) return
      const index = started++
      const timer = clock.after(headStartMs, startNext)
      openWire(addresses[index]!, config, Math.max(1, deadline - clock.now()), signal).then(
        (wire) => {
          if (decided.signal.aborted) return wire.close(new EnvironmentError('another server was faster'))
          timer.cancel()
          resolve(wire)
          decided.abort()
        },
        (error: unknown) => {
          errors[index] = error
          failed += 1
          timer.cancel()
          if (failed === addresses.length || closed.aborted) reject(explain(addresses, errors, origin))
          else startNext()
        },
      )
    }
    startNext()
  })
}

function explain(addresses: readonly Address[], errors: readonly unknown[], origin: string | undefined): Error {
  const refused = errors.findIndex((error) => error instanceof KafkaError)
  if (refused >= 0) return refusedBy(addresses[refused]!, errors[refused] as KafkaError)
  const named = origin ? ` (from ${origin})` : ''
  const reasons = addresses.map((address, index) => [formatAddress(address), failureReason(errors[index])] as const)
  const [[first, reason] = []] = reasons
  const sentence =
    addresses.length === 1
      ? `the bootstrap server ${first}${named}: ${reason}`
      : `any of the ${addresses.length} bootstrap servers${named}: ${reasons.map((pair) => pair.join(' ')).join(', ')}`
  return new EnvironmentError(`Cannot reach ${sentence}`, { cause: errors[0] })
}

/** Adds the address to what a broker answered to the credentials. */
export function refusedBy(address: Address, error: KafkaError): KafkaError {
  return new KafkaError(
    error.code,
    `${formatAddress(address)} refuses the connection: ${error.message} (${error.code})`,
  )
}
