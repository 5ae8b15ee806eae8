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
