// What Ctrl-C does. Nearly always nothing of ours: a run is one synchronous loop in which no handler could be called, so
// there is none, and the signal ends the process at once (a shell sees 130). No file is open meanwhile.
//
// Only the saving of files must not be torn apart, and nothing long comes after it.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** From now on a signal waits until the work at hand gives way to the event loop, and then ends the process as ever. */
export function finishBeforeSignals(): void {
  // once() takes the handler away before calling it, so that the second delivery is the system's to handle. A handler that
  // was taken away without having been called could lose a signal; therefore it stays to the end.
  for (const signal of SIGNALS) process.once(signal, () => process.kill(process.pid, signal))
}
