// Where the fixtures lie: they are not compiled, so paths go from dist/test/helpers back to the sources.

import { fileURLToPath } from 'node:url'

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../../../test/fixtures/${name}`, import.meta.url))
}
