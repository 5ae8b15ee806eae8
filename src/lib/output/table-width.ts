/** Apart from the tables themselves: every command sets it, and few draw one. */
let width = Infinity

/**
 * Decides once, for the whole process, how wide tables may be: as the terminal that they go to, or as they are
 * elsewhere.
 */
export function fitTables({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number }): void {
  width = isTTY === true && columns !== undefined && columns > 0 ? columns : Infinity
}

/** In columns of the terminal; Infinity where there is none. */
export const tableWidth = (): number => width
