// The model of the running kernel, from what was observed of it; and where that lies outside what the model has rules for.
//
// The rules are those of linux-6.18, with its numbers replaced by observed ones. A kernel that shows anything else is not
// predicted at all: a wrong prediction would be worse than none.

import { linux618 } from '../kernel/linux-6.18.ts'
import type { KernelModel } from '../kernel/model.ts'
import { PAGE_BYTES } from '../units.ts'
import type { Calibration } from './calibrate.ts'

export const HOST = 'host'

/** A model for predictions; `outside` says what it has no rules for, and is empty if it may be used. */
export function hostModel(observed: Calibration): { readonly model: KernelModel; readonly outside: readonly string[] } {
  const { faultAroundPages, flushCeiling, flushesPerTwoTables, vmaBytes } = observed
  return {
    model: {
      ...linux618,
      name: HOST,
      faultAroundPages,
      rangedFlush: { ...linux618.rangedFlush, ceilingPages: flushCeiling ?? linux618.rangedFlush.ceilingPages },
      inheritsDirty: flushesPerTwoTables === null ? linux618.inheritsDirty : flushesPerTwoTables === 2,
      vmaSlab: { ...linux618.vmaSlab, objectBytes: vmaBytes ?? linux618.vmaSlab.objectBytes },
      lacks: observed.remapFilePages === 'absent' ? { ...linux618.lacks, 'remap-file-pages': ABSENT } : linux618.lacks,
    },
    outside: outsideOf(observed),
  }
}

const ABSENT = 'this kernel refuses remap_file_pages()'

function outsideOf(o: Calibration): string[] {
  const isPowerOfTwo = (o.faultAroundPages & (o.faultAroundPages - 1)) === 0
  const cases: readonly (readonly [boolean, string])[] = [
    [o.pageBytes !== PAGE_BYTES, `pages of ${o.pageBytes} bytes`],
    [
      o.faultAroundPages >= 512 || o.writeFaultPages !== 1,
      `a fault installs ${Math.max(o.faultAroundPages, o.writeFaultPages)} pages: huge pages in tmpfs`,
    ],
    [!isPowerOfTwo, `a read fault installs ${o.faultAroundPages} pages, no power of two`],
    [!o.merges, 'neighbours that continue each other stay apart'],
    [!o.populates, 'MAP_POPULATE installs nothing'],
    [o.remapFilePages === 'nonlinear', 'remap_file_pages() makes nonlinear mappings'],
    [!o.freesTables, 'page tables of replaced regions are kept'],
    [!o.dropFreesTables, 'page tables of dropped regions are kept'],
    [
      o.flushesPerTwoTables !== null && o.flushesPerTwoTables !== 1 && o.flushesPerTwoTables !== 2,
      `${o.flushesPerTwoTables} flushes for pages of two page tables`,
    ],
    [
      o.flushesPerFreedTable !== null && o.flushesPerFreedTable !== (o.flushesPerTwoTables === 2 ? 2 : 1),
      `${o.flushesPerFreedTable} flushes for a page table given back`,
    ],
  ]
  return cases.flatMap(([isOutside, what]) => (isOutside ? [what] : []))
}
