// A set of places on a line, with the nearest member on either side of a place: where vmas begin.
//
// One bit per place and, above it, one bit per word of those. Neighbours are mostly in the same word; the upper words
// are searched one by one, which is short for the sizes here: a thousand words for a million places.

const NONE = -1

/** Places 0..places-1. */
export class PlaceSet {
  private readonly words: Int32Array
  /** One bit per word of `words` that is not 0. */
  private readonly upper: Int32Array

  constructor(places: number) {
    this.words = new Int32Array((places >>> 5) + 1)
    this.upper = new Int32Array((this.words.length >>> 5) + 1)
  }

  has(place: number): boolean {
    return ((this.words[place >>> 5] >>> (place & 31)) & 1) !== 0
  }

  /** Whether the place and both places beside it are members; `place` is neither the first nor the last. */
  hasThree(place: number): boolean {
    const { words } = this
    const below = place - 1
    const above = place + 1
    const bits =
      (words[below >>> 5] >>> (below & 31)) &
      (words[place >>> 5] >>> (place & 31)) &
      (words[above >>> 5] >>> (above & 31))
    return (bits & 1) !== 0
  }

  add(place: number): void {
    const word = place >>> 5
    this.words[word] |= 1 << (place & 31)
    this.upper[word >>> 5] |= 1 << (word & 31)
  }

  delete(place: number): void {
    const word = place >>> 5
    this.words[word] &= ~(1 << (place & 31))
    if (this.words[word] === 0) this.upper[word >>> 5] &= ~(1 << (word & 31))
  }

  /** The first member at or after the place, -1 if none. */
  ceil(place: number): number {
    const word = place >>> 5
    const bits = this.words[word] & (-1 << (place & 31))
    return bits === 0 ? this.ceilAfter(word) : (word << 5) + 31 - Math.clz32(bits & -bits)
  }

  /** The last member at or before the place, -1 if none. */
  floor(place: number): number {
    const word = place >>> 5
    const bits = this.words[word] & (-1 >>> (31 - (place & 31)))
    return bits === 0 ? this.floorBefore(word) : (word << 5) + 31 - Math.clz32(bits)
  }

  /** The first member in words after this one. */
  private ceilAfter(word: number): number {
    const { words, upper } = this
    let above = (word + 1) >>> 5
    if (above >= upper.length) return NONE
    let found = upper[above] & (-1 << ((word + 1) & 31))
    while (found === 0) {
      if (++above >= upper.length) return NONE
      found = upper[above]
    }
    const next = (above << 5) + 31 - Math.clz32(found & -found)
    return (next << 5) + 31 - Math.clz32(words[next] & -words[next])
  }

  /** The last member in words before this one. */
  private floorBefore(word: number): number {
    const { words, upper } = this
    if (word === 0 || word > words.length) return NONE
    let below = (word - 1) >>> 5
    let found = upper[below] & (-1 >>> (31 - ((word - 1) & 31)))
    while (found === 0) {
      if (--below < 0) return NONE
      found = upper[below]
    }
    const previous = (below << 5) + 31 - Math.clz32(found)
    return (previous << 5) + 31 - Math.clz32(words[previous])
  }
}
