/** Past every offset that there can be. */
export const ENDLESS = 2n ** 63n - 1n
