import assert from 'node:assert/strict'
import { test } from 'node:test'
import { p42002 } from '../../engine/cost/p4-2002.ts'
import { type Cell, COLUMNS } from '../../reports/columns.ts'
import type { ReportRow } from '../../reports/report.ts'
import { countsOf, NO_COUNTS, resultOf, rowOf, SPEC } from '../helpers/results.ts'

const CONTRACT =
  `model_version, workload, params, kernel, strategy, policy, backing, contents, file_bytes, window_bytes,
  unit_bytes, touch, accesses, warmup, processes, threads, tlb, max_map_count, other_vmas, seed,
  evidence, outcome, trace_hash,
  window_hits, remaps, failed_remaps, first_failure_access, stock_limit_access, writes, writebacks, bytes_copied,
  syscalls, page_faults, kernel_entries, populate_faults, file_reads,
  tlb_hits, tlb_misses, tlb_full_flushes, tlb_range_flushes, tlb_page_invalidations, ipi_rounds,
  ptes_installed, ptes_zapped, page_cache_lookups, mmap_sem_reads, mmap_sem_writes, vma_lookups, vma_lookup_levels,
  vma_cache_hits, vma_allocs, vma_frees, vma_splits, vma_merges,
  vmas, vmas_peak, map_count_peak, vma_bytes, vma_bytes_peak, vma_lowmem_bytes, vma_lowmem_bytes_peak,
  page_table_bytes_peak, pte_chain_bytes_peak, lowmem_bytes_peak,
  cost_model, modelled_ns, modelled_ns_low, modelled_ns_high`.split(/,\s*/)

/** Columns beyond the contract, and the one they follow. */
const ADDED = [
  ['other_faults', 'other_vmas'],
  ['reclaim', 'other_faults'],
  ['cpus', 'threads'],
  ['failed_accesses', 'stock_limit_access'],
  ['lowmem_exhausted_access', 'stock_limit_access'],
  ['pages_reclaimed', 'file_reads'],
  ['reclaim_unmaps', 'pages_reclaimed'],
  ['reclaim_vmas', 'reclaim_unmaps'],
  ['reclaim_ptes', 'reclaim_vmas'],
  ['wrong_pages', 'reclaim_ptes'],
  ['signals_handled', 'wrong_pages'],
  ['tlb_range_pages', 'tlb_range_flushes'],
  ['context_switches', 'ipi_rounds'],
  ['lowmem_vma_bytes', 'lowmem_bytes_peak'],
  ['lowmem_page_table_bytes', 'lowmem_vma_bytes'],
  ['lowmem_chain_bytes', 'lowmem_page_table_bytes'],
  ['lowmem_fixed_bytes', 'lowmem_chain_bytes'],
  ['lowmem_available_bytes', 'lowmem_fixed_bytes'],
] as const

function cell(row: ReportRow, name: string): Cell {
  return COLUMNS.find(column => column.name === name)!.value(row)
}

test('the columns are those of the contract in its order, and ours where we say', () => {
  const expected = [...CONTRACT]
  for (const [name, after] of ADDED) expected.splice(expected.indexOf(after) + 1, 0, name)
  assert.deepEqual(
    COLUMNS.map(column => column.name),
    expected,
  )
})

test('every column is described in one sentence', () => {
  for (const { name, help } of COLUMNS) assert.ok(help.length > 5 && !help.includes('\n'), name)
})

test('a lane is described by its specification, counts and price', () => {
  const row = rowOf(resultOf({ seed: 7 }, { counts: countsOf({ syscalls: 12 }) }), p42002)
  assert.equal(cell(row, 'seed'), 7)
  assert.equal(cell(row, 'max_map_count'), 'lifted')
  assert.equal(cell(row, 'syscalls'), 12)
  assert.equal(cell(row, 'cost_model'), 'p4-2002')
  assert.equal(cell(row, 'modelled_ns'), Math.round((12 * 1761) / 2.4))
})

test('outcomes are written completed, stopped:ENOMEM and unsupported:REASON', () => {
  const outcome = (outcome: ReportRow['result']['outcome']) => cell(rowOf(resultOf({}, { outcome }), p42002), 'outcome')
  assert.equal(outcome({ state: 'completed' }), 'completed')
  assert.equal(outcome({ state: 'stopped', errno: 'ENOMEM' }), 'stopped:ENOMEM')
  assert.equal(outcome({ state: 'unsupported', reason: 'no-populate', why: 'no such call' }), 'unsupported:no-populate')
})

test('what was not measured or does not apply is null, not 0', () => {
  const row = rowOf(
    resultOf({ policy: '' }, { outcome: { state: 'unsupported', reason: 'x', why: 'x' }, counts: NO_COUNTS }),
    p42002,
  )
  for (const name of ['policy', 'syscalls', 'first_failure_access', 'cost_model', 'modelled_ns', 'modelled_ns_high']) {
    assert.equal(cell(row, name), null, name)
  }
})

test('a first failure at access 0 is 0, not empty', () => {
  assert.equal(cell(rowOf(resultOf({}, { firstFailureAccess: 0 }), p42002), 'first_failure_access'), 0)
})

test('a number that is none is refused with the name of its column', () => {
  const row = rowOf(resultOf({ ...SPEC, fileBytes: Number.NaN }), p42002)
  assert.throws(() => cell(row, 'file_bytes'), /column file_bytes holds NaN/)
})
