// The nearest of some names to a misspelt one, by Levenshtein's edit distance; error messages end with it.

/** `; did you mean X?` for the name that needs fewest edits, or nothing if none is near. */
export function didYouMean(given: string, names: readonly string[]): string {
  let nearest = ''
  let least = Number.POSITIVE_INFINITY
  for (const name of names) {
    const edits = editDistance(given.toLowerCase(), name.toLowerCase())
    if (edits < least) [nearest, least] = [name, edits]
  }
  // More edits than half the name is no likely misspelling.
  return least <= Math.max(1, nearest.length / 2) ? `; did you mean ${nearest}?` : ''
}

/** Insertions, deletions and substitutions that turn one text into the other, one row of the matrix at a time. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j] + 1, next[j - 1] + 1))
    }
    row = next
  }
  return row[b.length]
}
