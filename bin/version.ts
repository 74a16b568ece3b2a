// The version of this program: package.json's, which lies above bin/ (sources) or above dist/ (compiled).

import { readFileSync } from 'node:fs'

export function readVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
      if (name === 'remapbench') return version
    } catch {
      // not there: one level up
    }
  }
  return 'unknown'
}
