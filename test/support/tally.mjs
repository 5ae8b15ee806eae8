// What a longer suite found: a line for each check as it ends, and the counts in the last line, which CI reads.

export class Tally {
  #counts = { passed: 0, failed: 0, skipped: 0 }
  #failures = []

  passed(name) {
    this.#counts.passed += 1
    console.log(`ok    ${name}`)
  }

  failed(name, reason) {
    this.#counts.failed += 1
    this.#failures.push(name)
    console.log(`FAIL  ${name}: ${reason}`)
  }

  /** `count` checks that this machine cannot make. */
  skipped(name, reason, count = 1) {
    this.#counts.skipped += count
    console.log(`skip  ${name}: ${reason}`)
  }

  /** One check: passed when it resolves, skipped when it throws `Missing`, failed on any other error. */
  async check(name, perform) {
    try {
      const result = await perform()
      this.passed(name)
      return result
    } catch (error) {
      if (error instanceof Missing) this.skipped(name, error.message)
      else this.failed(name, error.message)
      return undefined
    }
  }

  /** Prints the last line, and sets the exit code. */
  end() {
    const { passed, failed, skipped } = this.#counts
    for (const name of this.#failures) console.log(`failed: ${name}`)
    console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
    process.exitCode = failed > 0 ? 1 : 0
  }
}

/** Something that this machine lacks and the suite cannot install, such as a JDK. */
export class Missing extends Error {}

/** What cannot be had on this machine is skipped by name; `what` is said with its verb: `go is`. */
export async function orMissing(what, attempt) {
  try {
    return await attempt()
  } catch (error) {
    throw new Missing(`${what} not to be had (${error.message})`)
  }
}
