// Seeded random operations through the engine and through a naive model, on random machines of any kernel in the list.

import { InvariantError } from '../../engine/errors.ts'
import { KERNELS } from '../../engine/kernel/index.ts'
import { linux2542Remap } from '../../engine/kernel/linux-2.5.42-remap.ts'
import type { KernelModel } from '../../engine/kernel/model.ts'
import { Rng } from '../../engine/rng.ts'
import { PatchMachine } from './fuzz.ts'
import { EraMachine, eraOf } from './fuzz-era.ts'
import type { FuzzMachine } from './fuzz-machine.ts'

const OPS_PER_MACHINE = 500
const PATCHED = /^linux-2\.5\.42-/

/** Those that naive-era.ts knows. */
export const ERA_KERNELS = KERNELS.filter(model => eraOf(model) !== null)

export interface FuzzOptions {
  /** The machines take turns. */
  readonly kernels?: readonly KernelModel[]
  readonly operations: number
  readonly seed: number
  /** Told after each machine how many operations are done. */
  readonly onMachine?: (done: number) => void
}

/** Runs so many operations on a row of random machines; throws an Error that tells the first difference. */
export function fuzz({ kernels = [linux2542Remap], operations, seed, onMachine = () => {} }: FuzzOptions): void {
  const seeds = new Rng(seed)
  for (let done = 0, machines = 0; done < operations; machines++) {
    const model = kernels[machines % kernels.length]!
    const machineSeed = seeds.next()
    const machine = machineOf(model, machineSeed)
    const here = Math.min(OPS_PER_MACHINE, operations - done)
    const where = (i: number, operation: string) =>
      `${model.name}, machine ${machineSeed} (${machine.summary}), operation ${i}, ${operation}`
    for (let i = 0; i < here; i++) {
      const operation = machine.step()
      const difference = machine.difference()
      if (difference !== null) throw new Error(`${where(i, operation)}: ${difference}`)
    }
    machine.check()
    done += here
    onMachine(done)
  }
}

/** The machine of a seed. */
function machineOf(model: KernelModel, seed: number): FuzzMachine {
  if (PATCHED.test(model.name)) return new PatchMachine(model, seed)
  if (eraOf(model) !== null) return new EraMachine(model, seed)
  throw new InvariantError(`no naive model of ${model.name}`)
}
