// What a terminal gets beyond the plain text: colour on stdout, a progress bar on stderr.

import type { ChalkInstance } from 'chalk'

/** The line of a verdict: `x wins here: ...`, `linux-2.6.20: x dominates: ...`. */
const VERDICT = / (wins|dominates)( here)?([,.:]| by )/
/** A run shorter than this needs no bar. */
const QUIET_MS = 1000

export interface ColourChoice {
  readonly noColor: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly isTTY: boolean
}

/** Whether to colour: --no-color, then NO_COLOR, then FORCE_COLOR, then the terminal decides (empty variables do not count). */
export function wantsColour({ noColor, env, isTTY }: ColourChoice): boolean {
  if (noColor || env.NO_COLOR) return false
  const force = env.FORCE_COLOR
  if (force) return force !== '0' && force !== 'false'
  return isTTY && env.TERM !== 'dumb'
}

/** Colours the marks of the text report: warnings (!), guesses (?), the heading and the verdict. */
export async function paint(text: string): Promise<string> {
  const { Chalk } = await import('chalk')
  return paintWith(text, new Chalk({ level: 1 }))
}

function paintWith(text: string, chalk: ChalkInstance): string {
  let style: ((line: string) => string) | null = null
  return text
    .split('\n')
    .map((line, i) => {
      if (line.startsWith('! ')) style = chalk.yellow
      else if (line.startsWith('? ')) style = chalk.cyan
      else if (!line.startsWith('  ')) style = i === 0 || VERDICT.test(line) ? chalk.bold : null // two spaces continue a mark
      return style && line !== '' ? style(line) : line
    })
    .join('\n')
}

/** A progress bar that appears only if the run is long. */
export interface Progress {
  update(steps: number): void
  stop(): void
}

/** `stream` should be a terminal; `now` reads a clock in milliseconds. */
export async function progress(steps: number, stream: NodeJS.WriteStream, now: () => number): Promise<Progress> {
  const { default: cliProgress } = await import('cli-progress')
  const bar = new cliProgress.SingleBar({
    stream,
    format: 'remapbench {bar} {percentage} %, {eta_formatted} left',
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    barsize: 30,
    clearOnComplete: true,
    gracefulExit: false, // its handlers would keep Ctrl-C from ending the loop
    linewrap: true, // true and false here: settings that a killed process would leave behind
    hideCursor: false,
    emptyOnZero: true,
  })
  const began = now()
  let started = false
  return {
    update: done => {
      if (started) bar.update(Math.min(done, steps))
      else if (now() - began >= QUIET_MS && done < steps / 2) {
        started = true
        bar.start(steps, done)
      }
    },
    stop: () => {
      if (started) bar.stop()
    },
  }
}

/** Does the work, with a progress bar on stderr if that is `visible` and it takes a while. */
export async function withProgress<T>(
  work: { readonly steps: number; run(onProgress: (steps: number) => void): T | Promise<T> },
  visible: boolean,
): Promise<T> {
  if (!visible) return work.run(() => {})
  const bar = await progress(work.steps, process.stderr, () => performance.now())
  try {
    return await work.run(steps => bar.update(steps))
  } finally {
    bar.stop()
  }
}
