// Which file page each window page is to show, kept in the plainest way: what strategies are compared with.

import type { Rng } from '../../engine/rng.ts'

export interface Remap {
  readonly vpn: number
  readonly pages: number
  readonly pgoff: number
}

export class ShownPages {
  /** Window page -> file page; at first the file's first pages. */
  readonly page: number[]
  private readonly filePages: number

  constructor(windowPages: number, filePages: number) {
    this.page = Array.from({ length: windowPages }, (_, vpn) => vpn)
    this.filePages = filePages
  }

  remap({ vpn, pages, pgoff }: Remap): void {
    for (let i = 0; i < pages; i++) this.page[vpn + i] = pgoff + i
  }

  /** A random slot and a block as a pool chooses them: no page of it is shown anywhere else. */
  aligned(rng: Rng, unitPages: number): Remap {
    return this.draw(() => ({
      vpn: rng.below(this.page.length / unitPages) * unitPages,
      pages: unitPages,
      pgoff: rng.below(this.filePages / unitPages) * unitPages,
    }))
  }

  /** A random range of any size and place that shows no page that is shown elsewhere. */
  odd(rng: Rng, mostPages: number): Remap {
    return this.draw(() => this.any(rng, mostPages))
  }

  /** A random range of any size and place; often near what is shown already, so that ranges overlap and pages alias. */
  any(rng: Rng, mostPages: number): Remap {
    const pages = rng.between(1, mostPages)
    const last = this.filePages - pages
    const near = this.page[rng.below(this.page.length)]! - rng.below(mostPages)
    return {
      vpn: rng.below(this.page.length - pages + 1),
      pages,
      pgoff: rng.below(2) === 0 ? rng.below(last + 1) : Math.min(Math.max(near, 0), last),
    }
  }

  private draw(next: () => Remap): Remap {
    for (;;) {
      const remap = next()
      if (!this.showsElsewhere(remap)) return remap
    }
  }

  private showsElsewhere({ vpn, pages, pgoff }: Remap): boolean {
    return this.page.some((page, at) => (at < vpn || at >= vpn + pages) && page >= pgoff && page < pgoff + pages)
  }
}
