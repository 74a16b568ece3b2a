// `remapbench list`: every registered part, one line each; --verbose adds what each rests on.

import { flushBreakEven } from '../../engine/break-even.ts'
import { COST_MODELS } from '../../engine/cost/index.ts'
import type { CostModel } from '../../engine/cost.ts'
import { COUNTERS } from '../../engine/counters.ts'
import { UsageError } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { POLICIES } from '../../engine/policy/index.ts'
import { STRATEGIES } from '../../engine/strategy/index.ts'
import type { StrategyEntry } from '../../engine/strategy/strategy.ts'
import { didYouMean } from '../../engine/suggest.ts'
import { FORMATS } from '../../reports/index.ts'
import { exactSize } from '../../reports/numbers.ts'
import { WORKLOADS } from '../../workloads/index.ts'
import type { ParamDef } from '../../workloads/workload.ts'
import { hostKernel } from '../host-lanes.ts'
import { HOST_COST } from '../host-prices.ts'
import { addressBytes, CIRCUMSTANCES } from '../support.ts'

interface Item {
  readonly name: string
  readonly summary: string
  readonly details: readonly string[]
}

interface Kind {
  readonly singular: string
  readonly plural: string
  items(): readonly Item[]
}

/** A TLB of 2002 that is in use. */
const LIVE_ENTRIES = 64

const KINDS: readonly Kind[] = [
  kind('workload', 'workloads', () =>
    WORKLOADS.map(({ name, summary, params }) => ({
      name,
      summary,
      details: Object.entries(params).map(([key, def]) => `--param ${key}: ${def.help}; ${range(def)}`),
    })),
  ),
  kind('strategy', 'strategies', () =>
    STRATEGIES.map(strategy => ({
      name: strategy.name,
      summary: strategy.summary,
      details: strategyDetails(strategy),
    })),
  ),
  kind('kernel', 'kernels', () =>
    [...KERNELS, hostKernel].map(model => ({
      name: model.name,
      summary: model.summary,
      details: kernelDetails(model),
    })),
  ),
  kind('policy', 'policies', () => POLICIES.map(({ name, summary }) => ({ name, summary, details: [] }))),
  kind('cost', 'costs', () => [
    ...COST_MODELS.map(model => ({ name: model.name, summary: model.summary, details: costDetails(model) })),
    HOST_COST,
  ]),
  kind('format', 'formats', () =>
    FORMATS.map(({ name, summary, extension }) => ({ name, summary, details: [`--out FILE${extension}`] })),
  ),
]

/** The text for stdout: of one kind its items alone, of all kinds each under its heading. */
export function listCommand(name: string | undefined, verbose: boolean): string {
  if (name !== undefined) return lines(find(name), verbose, '')
  return KINDS.map(kind => `${kind.plural}\n${lines(kind, verbose, '  ')}`).join('\n')
}

function find(name: string): Kind {
  const found = KINDS.find(kind => kind.singular === name || kind.plural === name)
  if (found) return found
  const names = KINDS.map(kind => kind.plural)
  throw new UsageError(`list ${name}: unknown kind; allowed: ${names.join(', ')}${didYouMean(name, names)}`)
}

function lines(kind: Kind, verbose: boolean, indent: string): string {
  const items = kind.items()
  const width = Math.max(...items.map(item => item.name.length))
  return items
    .map(({ name, summary, details }) => {
      const line = `${indent}${name.padEnd(width)}  ${summary}\n`
      return line + (verbose ? details.map(detail => `${indent}    ${detail}\n`).join('') : '')
    })
    .join('')
}

/** What it needs, and what keeps which kernels from it. */
function strategyDetails({ uses, maps }: StrategyEntry): readonly string[] {
  const details = uses.length === 0 ? [] : [`needs: ${uses.map(use => CIRCUMSTANCES[use]).join(', ')}`]
  for (const { name, lacks } of KERNELS) {
    const why = uses.flatMap(use => lacks[use] ?? [])
    if (why.length > 0) details.push(`not on ${name}: ${[...new Set(why)].join('; ')}`)
  }
  return maps === 'file' ? [...details, 'maps the whole file at once', ...largestFiles()] : details
}

/** Where addresses are scarce. */
function largestFiles(): readonly string[] {
  const kernelsOf = new Map<number, string[]>()
  for (const model of KERNELS.filter(({ longBits }) => longBits === 32)) {
    const bytes = addressBytes(model)
    kernelsOf.set(bytes, [...(kernelsOf.get(bytes) ?? []), model.name])
  }
  return [...kernelsOf].map(([bytes, names]) => `a file of at most ${exactSize(bytes)} on ${names.join(', ')}`)
}

function kernelDetails(model: KernelModel): readonly string[] {
  const { basis, rules, guesses, lacks, uncounted, cost } = model
  const details = [`basis: ${basis}`]
  for (const { what, evidence, source, when = [] } of rules) {
    const where = when.length === 0 ? '' : ` (with ${when.map(circumstance => CIRCUMSTANCES[circumstance]).join(', ')})`
    details.push(`${evidence}: ${what}${where} [${source}]`)
  }
  details.push(...guesses.map(guess => `assumed: ${guess}`))
  details.push(...[...new Set(Object.values(lacks))].map(why => `lacks: ${why}`))
  if (uncounted.length > 0) details.push(`not counted: ${uncounted.map(name => COUNTERS[name].column).join(', ')}`)
  details.push(cost === null ? 'no cost model of its own: no modelled time without --cost' : `priced by ${cost}`)
  return details
}

/** Every price, what times are split into, and what the prices imply for a choice the mail speaks of. */
function costDetails(model: CostModel): readonly string[] {
  const details = model.items.map(({ counter, also, cause, low, best, high, what, source }) => {
    const columns = [counter, ...(also === undefined ? [] : [also])].map(name => COUNTERS[name].column)
    const cycles = low === high ? `${best}` : `${best} (${low} to ${high})`
    return `${columns.join(' and ')}: ${cycles} cycles, ${what}; ${cause} [${source}]`
  })
  const pages = flushBreakEven(model, LIVE_ENTRIES)
  const [low, best, high] = [pages.low, pages.best, pages.high].map(value => value.toFixed(1))
  return [
    ...details,
    `from ${best} pages on (${low} to ${high}) a whole flush is cheaper than one page after the other, if ${LIVE_ENTRIES} entries have to come back`,
  ]
}

function range(def: ParamDef): string {
  if (def.kind === 'word') return `${def.words.join(' or ')} [${def.default}]`
  const fallback = def.default === null ? 'from the file' : def.default
  return `${def.integer ? 'a whole number' : 'a number'} from ${def.min} to ${def.max} [${fallback}]`
}

function kind(singular: string, plural: string, items: () => readonly Item[]): Kind {
  return { singular, plural, items }
}
