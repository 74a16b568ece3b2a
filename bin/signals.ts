// Holds signals back while files are in flux, and otherwise leaves them alone.
//
// A run is one synchronous loop, during which no handler could be called. So there is none: Ctrl-C ends the process at once,
// as a shell expects (it sees 130), and there is nothing to clean up because no file is open. Only around the checking and
// the saving of outputs do handlers wait; what arrived meanwhile is delivered afterwards.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Calls `work`; signals that arrive while it runs take effect after it. */
export async function withSignalsHeld<T>(work: () => T): Promise<T> {
  let held: NodeJS.Signals | null = null
  const hold = (signal: NodeJS.Signals): void => {
    held = signal
  }
  for (const signal of SIGNALS) process.on(signal, hold)
  try {
    return work()
  } finally {
    await new Promise(resolve => setImmediate(resolve)) // one turn of the event loop delivers what is pending
    for (const signal of SIGNALS) process.off(signal, hold)
    if (held !== null) process.kill(process.pid, held)
  }
}
