/** An answer that is given later, once. */
export class Parked<T> {
  readonly promise: Promise<T>
  private settle!: (value: T) => void

  constructor() {
    this.promise = new Promise((resolve) => {
      this.settle = resolve
    })
  }

  answer(value: T): void {
    this.settle(value)
  }
}
