// What Ctrl-C does. Nearly always nothing of ours: a run is one synchronous loop in which no handler could be called, so
// there is none, and the signal ends the process at once (a shell sees 130). No file is open meanwhile.
//
// Only the saving of files must not be torn apart, and nothing long comes after it; and once there are results, they are not
// lost while something more is found out about them.

import { setImmediate } from 'node:timers/promises'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** A signal that waits for results to be delivered. */
export interface HeldSignal {
  /** Whether there is one; gives way to the event loop, which brings it. */
  hasCome(): Promise<boolean>
  /** Everything is delivered: a signal that has come ends the process now, a later one at once. */
  release(): void
}

/** From now on the first signal waits for release(); the same once more ends the process. */
export function holdSignal(): HeldSignal {
  let come: NodeJS.Signals | null = null
  let isHeld = true
  for (const signal of SIGNALS) {
    process.once(signal, () => {
      if (isHeld) come = signal
      else process.kill(process.pid, signal)
    })
  }
  return {
    hasCome: async () => {
      await setImmediate()
      return come !== null
    },
    release: () => {
      isHeld = false
      if (come !== null) process.kill(process.pid, come)
    },
  }
}

/** From now on a signal waits until the work at hand gives way to the event loop, and then ends the process as ever. */
export function finishBeforeSignals(): void {
  // once() takes the handler away before calling it, so that the second delivery is the system's to handle. A handler that
  // was taken away without having been called could lose a signal; therefore it stays to the end.
  for (const signal of SIGNALS) process.once(signal, () => process.kill(process.pid, signal))
}
