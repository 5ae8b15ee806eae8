/** What is in a store, whatever its format. Certificates are X.509 in DER. */
export interface Store {
  readonly keys: readonly KeyEntry[]
  /**
   * Those to trust: entries of their own, and those that keys of the store belong to, as Java's trust managers have it.
   */
  readonly trusted: readonly Buffer[]
}

export interface KeyEntry {
  /** The key in PKCS#8. Throws StoreError `key-password` or `no-key-password`. */
  open(password: string | undefined): Buffer
  /** Its chain is among them. */
  readonly certificates: readonly Buffer[]
}

/**
 * What is wrong with a store:
 * - `damaged`: it cannot be read by the rules of its format;
 * - `store-password`: its password is wrong; `key-password`: that of a key in it is;
 * - `no-store-password`, `no-key-password`: it is encrypted, and there is none;
 * - `unsupported`: it is encrypted in a way that is not read here, `detail`.
 */
export type StoreFault =
  | 'damaged'
  | 'store-password'
  | 'key-password'
  | 'no-store-password'
  | 'no-key-password'
  | 'unsupported'

/** Thrown by the readers of stores, which know neither the property nor the file. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
  constructor(
    readonly fault: StoreFault,
    readonly detail = '',
  ) {
    super(detail ? `${fault}: ${detail}` : fault)
  }
}
