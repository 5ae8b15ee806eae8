/** What must never be has come to be. */
export class Violation extends Error {
  override readonly name = 'Violation'
}
