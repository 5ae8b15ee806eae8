import { formatAddress, type Address } from '../../address.ts'

/**
 * Where the active controller is. Who follows the metadata finds out; who asks the controller waits here until it is
 * known.
 */
export class ActiveController {
  /** Null while none is known. */
  address: Address | null = null
  private tried = -1
  private waiting: (() => void)[] = []

  /** `addresses`: where controllers may be, of the settings. */
  constructor(private readonly addresses: readonly Address[]) {}

  /** For people. */
  get names(): string {
    return this.addresses.map(formatAddress).join(', ')
  }

  /** Where to look for it: where it is, or else the places in turn. */
  next(): Address {
    if (this.address) return this.address
    this.tried += 1
    return this.addresses[this.tried % this.addresses.length]!
  }

  found(address: Address): void {
    this.address = address
    for (const wake of this.waiting.splice(0)) wake()
  }

  /** It does not answer there, or is active no more. What has been found since stays. */
  lost(address: Address): void {
    if (this.address && formatAddress(this.address) === formatAddress(address)) this.address = null
  }

  /** Calls back when one has been found; to be called while none is known. */
  onFound(wake: () => void): void {
    this.waiting.push(wake)
  }
}
