// JSON with its lines: where a value stands, so that a message can name it, and which digits a number was written with.
//
// JSON.parse() says neither, keeps the last of two equal keys and rounds what it cannot hold. The grammar is RFC 8259's, nothing
// more; strings are JSON.parse()'s to read.

import { TraceError } from '../engine/errors.ts'

export type JsonValue =
  /** A number stays the text it was written as. */
  | { readonly kind: 'text' | 'number'; readonly text: string; readonly line: number }
  | { readonly kind: 'word'; readonly value: true | false | null; readonly line: number }
  | { readonly kind: 'list'; readonly items: readonly JsonValue[]; readonly line: number }
  | { readonly kind: 'object'; readonly members: ReadonlyMap<string, JsonValue>; readonly line: number }

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
/** What follows a number that was cut off at the end of the file. */
const CUT_NUMBER = /^(?:\.|[eE][+-]?)$/
const WORDS = { true: true, false: false, null: null } as const
const DEEPEST = 100

/** `name` is what messages call the file. Throws a TraceError with the line and byte of the first mistake. */
export function parseJson(text: string, name: string): JsonValue {
  let at = 0
  let line = 1

  const fail = (problem: string): never => {
    const byte = new TextEncoder().encode(text.slice(0, at)).length
    const where = at >= text.length ? `ends at byte ${byte} in the middle of JSON` : `${problem} (byte ${byte})`
    throw new TraceError(`${name}:${line}: ${where}`)
  }
  const skipSpace = (): void => {
    for (; ; at++) {
      const char = text[at]
      if (char === '\n') line++
      else if (char !== ' ' && char !== '\t' && char !== '\r') return
    }
  }
  const take = (char: string): boolean => {
    skipSpace()
    if (text[at] !== char) return false
    at++
    return true
  }
  const expect = (char: string, or = ''): void => {
    if (!take(char)) fail(`JSON needs ${or}${char} here`)
  }
  const string = (): string => {
    const start = at
    for (at++; text[at] !== '"'; at++) {
      if (at >= text.length || text[at]! < ' ') fail('a text of JSON does not end')
      if (text[at] === '\\') at++
    }
    at++
    try {
      return JSON.parse(text.slice(start, at))
    } catch {
      at = start
      return fail('a text of JSON has an unknown escape')
    }
  }
  const value = (depth: number): JsonValue => {
    skipSpace()
    const began = line
    const char = text[at]
    if (depth > DEEPEST) fail('JSON nested too deeply')
    if (char === '"') return { kind: 'text', text: string(), line: began }
    if (char === '{') return { kind: 'object', members: members(depth), line: began }
    if (char === '[') return { kind: 'list', items: items(depth), line: began }
    NUMBER.lastIndex = at
    const number = NUMBER.exec(text)?.[0]
    if (number !== undefined) {
      at += number.length
      if (CUT_NUMBER.test(text.slice(at, at + 3))) {
        at = text.length
        fail('a number of JSON does not end')
      }
      return { kind: 'number', text: number, line: began }
    }
    for (const [word, meaning] of Object.entries(WORDS)) {
      if (!text.startsWith(word, at)) continue
      at += word.length
      return { kind: 'word', value: meaning, line: began }
    }
    if (Object.keys(WORDS).some(word => word.startsWith(text.slice(at)))) at = text.length
    return fail('no value of JSON')
  }
  const members = (depth: number): ReadonlyMap<string, JsonValue> => {
    const found = new Map<string, JsonValue>()
    at++
    if (take('}')) return found
    do {
      skipSpace()
      if (text[at] !== '"') fail('JSON needs the name of a member here')
      const key = string()
      if (found.has(key)) fail(`${JSON.stringify(key)} is there twice`)
      expect(':')
      found.set(key, value(depth + 1))
    } while (take(','))
    expect('}', ', or ')
    return found
  }
  const items = (depth: number): readonly JsonValue[] => {
    const found: JsonValue[] = []
    at++
    if (take(']')) return found
    do found.push(value(depth + 1))
    while (take(','))
    expect(']', ', or ')
    return found
  }

  const result = value(0)
  skipSpace()
  if (at < text.length) fail('JSON goes on after its end')
  return result
}
