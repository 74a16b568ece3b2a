// Arithmetic over the cells of a run's CSV: `map-fixed.page_faults / map-fixed.remaps`.
//
// A cell is LANE.COLUMN, LANE a strategy or kernel/strategy as in the gate's assertions, after `RUN:` where a claim has
// several runs. A price is COLUMN@LIST, the cycles of one such event by the price list LIST, best guess, with .low or .high
// the ends of its range; ghz@LIST is the clock they are counted by. Operators + - * / stand between spaces, because names
// hold hyphens and slashes. What is shown to the reader is what is computed: there is no second place where a number could
// come from.

import { assert } from '../engine/errors.ts'

/** One cell that a formula names; `kernel` is empty where the formula leaves it open. */
export interface CellName {
  readonly run: string
  readonly kernel: string
  readonly strategy: string
  readonly column: string
}

/** One figure of a price list that a formula names; the column `ghz` is its clock. */
export interface PriceName {
  readonly list: string
  readonly column: string
  readonly bound: 'low' | 'best' | 'high'
}

/** Where a formula's names get their values: null for none. */
export interface Values {
  cell(name: CellName): number | null
  price(name: PriceName): number | null
}

const TOKEN = /[()]|[^\s()]+/g
const NUMBER = /^\d+(\.\d+)?$/
const PRICE = /^(\w+)@([\w-]+?)(?:\.(low|high))?$/
const CELL = /^(?:([\w-]+):)?(?:([\w.-]+)\/)?([\w-]+)\.(\w+)$/

/** The value of a formula; null if a name has none, or if something is divided by nothing. */
export function evaluate(formula: string, { cell, price }: Values): number | null {
  const tokens = formula.match(TOKEN) ?? []
  let at = 0

  const sum = (): number | null => {
    let value = product()
    while (tokens[at] === '+' || tokens[at] === '-') {
      const sign = tokens[at++] === '+' ? 1 : -1
      value = combined(value, product(), (a, b) => a + sign * b)
    }
    return value
  }
  const product = (): number | null => {
    let value = operand()
    while (tokens[at] === '*' || tokens[at] === '/') {
      const divides = tokens[at++] === '/'
      value = combined(value, operand(), (a, b) => (divides ? a / b : a * b))
    }
    return value
  }
  const operand = (): number | null => {
    const token = tokens[at++]
    assert(token !== undefined, `formula ${formula}: ends too early`)
    if (token === '(') {
      const value = sum()
      assert(tokens[at++] === ')', `formula ${formula}: a bracket is not closed`)
      return value
    }
    if (NUMBER.test(token)) return Number(token)
    return token.includes('@') ? price(priceName(token, formula)) : cell(cellName(token, formula))
  }

  const value = sum()
  assert(at === tokens.length, `formula ${formula}: ${tokens[at]} is not expected`)
  return value
}

/** The formula with the kernel written into each cell that leaves it open and for which `needsKernel` says so. */
export function withKernel(formula: string, kernel: string, needsKernel: (run: string) => boolean): string {
  return formula.replace(TOKEN, token => {
    if (NUMBER.test(token) || !CELL.test(token)) return token
    const { run, kernel: written, strategy, column } = cellName(token, formula)
    if (written !== '' || !needsKernel(run)) return token
    return `${run === '' ? '' : `${run}:`}${kernel}/${strategy}.${column}`
  })
}

function priceName(token: string, formula: string): PriceName {
  const match = PRICE.exec(token)
  assert(match !== null, `formula ${formula}: ${token} is not COLUMN@LIST`)
  return { column: match[1]!, list: match[2]!, bound: (match[3] ?? 'best') as PriceName['bound'] }
}

function cellName(token: string, formula: string): CellName {
  const match = CELL.exec(token)
  assert(match !== null, `formula ${formula}: ${token} is neither a number nor RUN:LANE.COLUMN`)
  const [, run = '', kernel = '', strategy, column] = match
  return { run, kernel, strategy: strategy!, column: column! }
}

function combined(a: number | null, b: number | null, of: (a: number, b: number) => number): number | null {
  if (a === null || b === null) return null
  const value = of(a, b)
  return Number.isFinite(value) ? value : null
}
