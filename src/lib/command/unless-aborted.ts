/** Resolves when the signal is raised. It keeps no process alive. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}

/** Undefined when the signal comes first; what becomes of the work then is of no interest. */
export async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | undefined> {
  if (signal.aborted) return undefined
  let forget = (): void => {}
  const aborted = new Promise<undefined>((resolve) => {
    const settle = (): void => resolve(undefined)
    signal.addEventListener('abort', settle)
    forget = () => signal.removeEventListener('abort', settle)
  })
  const working = work()
  working.catch(() => {})
  return Promise.race([working, aborted]).finally(forget)
}
