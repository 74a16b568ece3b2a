// The nearest of some names to a misspelt or shortened one; error messages end with it.

/** `; did you mean X?` for the first name that continues what was given, else the one that needs fewest edits; or nothing. */
export function didYouMean(given: string, names: readonly string[]): string {
  const longer = given.length > 1 && names.find(name => name.startsWith(given.toLowerCase()))
  if (longer) return `; did you mean ${longer}?`
  let nearest = ''
  let least = Number.POSITIVE_INFINITY
  for (const name of names) {
    const edits = editDistance(given.toLowerCase(), name.toLowerCase())
    if (edits < least) [nearest, least] = [name, edits]
  }
  // More edits than half the name are no likely misspelling, nor are as many as there are letters; `rnu` is two from `run`.
  const isNear = least <= Math.max(2, nearest.length / 2) && least < given.length
  return isNear ? `; did you mean ${nearest}?` : ''
}

/** The same with everything that could have been given, behind it because that may be long. */
export function nearestOfAll(given: string, names: readonly string[]): string {
  return `${didYouMean(given, names)}; allowed: ${names.join(', ')}`
}

/** Levenshtein distance: insertions, deletions and substitutions that turn one text into the other, one row of the matrix at a time. */
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
