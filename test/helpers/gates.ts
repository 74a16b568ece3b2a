// The gates of our own repository: every strategy on every kernel in small runs, against committed baselines. Each line of
// test/golden/gates.txt is the name of a baseline and the options of its run; .ci/run reads the same lines.

import { readFileSync } from 'node:fs'

export interface Gate {
  readonly name: string
  readonly options: readonly string[]
}

/** `root`: the repository, as a URL that ends in a slash. */
export function gatesOf(root: URL): readonly Gate[] {
  const lines = readFileSync(new URL('test/golden/gates.txt', root), 'utf8').trimEnd().split('\n')
  return lines.map(line => {
    const [name, ...options] = line.split(' ')
    return { name: name!, options: ['run', '--quiet', '--format', 'csv', ...options] }
  })
}
