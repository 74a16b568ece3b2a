// The files a run writes: checked before it starts, written whole or not at all after it.
//
// Every text goes to a temporary file beside its target first, and all are renamed only when all are complete. A symbolic
// link is followed, so that the link stays a link; an existing file keeps its permissions. Signals wait while files are saved
// (signals.ts); the empty file of the check before the run exists for microseconds.

import { randomBytes } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { UsageError } from '../engine/errors.ts'
import { reasonOf } from './errors.ts'

export interface OutputFile {
  /** As the user wrote it, and the option it was given with. */
  readonly path: string
  readonly option: string
  /** Where it really goes: no link left. */
  readonly target: string
  /** Permissions of the file it replaces; null if there is none. */
  readonly mode: number | null
}

const MOST_LINKS = 40 // MAXSYMLINKS [include/linux/namei.h]

/** Checks that each file can be written, by creating and removing one beside it. Throws a UsageError naming the option. */
export function openOutputs(paths: readonly string[], options: readonly string[] = []): readonly OutputFile[] {
  const outputs = paths.map((path, i) => {
    const output = locate(path, options[i] ?? '--out')
    const { temporary, descriptor } = openTemporary(output)
    closeSync(descriptor)
    rmSync(temporary)
    return output
  })
  outputs.forEach(({ path, option, target }, i) => {
    const first = outputs.findIndex(other => other.target === target)
    if (first === i) return
    const other = outputs[first]
    const isSame = other.path === path && other.option === option
    throw new UsageError(
      `${option} ${path}: ${isSame ? 'given twice' : `the same file as ${other.option} ${other.path}`}`,
    )
  })
  return outputs
}

/** Writes texts[i] to outputs[i]; if any of them fails, no file has changed and a UsageError says which. */
export function saveOutputs(outputs: readonly OutputFile[], texts: readonly string[]): void {
  const temporaries: string[] = []
  try {
    outputs.forEach((output, i) => {
      const { temporary, descriptor } = openTemporary(output)
      temporaries.push(temporary)
      try {
        if (output.mode !== null) fchmodSync(descriptor, output.mode)
        writeFileSync(descriptor, texts[i])
        fsyncSync(descriptor)
      } catch (error) {
        throw new UsageError(`${output.option} ${output.path}: cannot be written: ${reasonOf(error)}`)
      } finally {
        closeSync(descriptor)
      }
    })
    outputs.forEach((output, i) => {
      try {
        renameSync(temporaries[i], output.target)
      } catch (error) {
        throw new UsageError(`${output.option} ${output.path}: cannot be written: ${reasonOf(error)}`)
      }
    })
  } finally {
    for (const temporary of temporaries) rmSync(temporary, { force: true })
  }
}

function locate(path: string, option: string): OutputFile {
  try {
    const place = followLinks(resolve(path), option)
    const target = join(realpathSync(dirname(place)), basename(place))
    const stat = statSync(target, { throwIfNoEntry: false })
    if (stat === undefined) return { path, option, target, mode: null }
    if (stat.isDirectory()) throw new UsageError(`${option} ${path}: is a directory`)
    if (!stat.isFile()) throw new UsageError(`${option} ${path}: is not an ordinary file`)
    accessSync(target, constants.W_OK) // a rename would replace even a file that is protected against writing
    return { path, option, target, mode: stat.mode & 0o7777 }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${option} ${path}: cannot be written: ${reasonOf(error)}`)
  }
}

/** Where a chain of links ends, also one that points to a file yet to be made (realpath would refuse it). */
function followLinks(path: string, option: string): string {
  let place = path
  for (let links = 0; lstatSync(place, { throwIfNoEntry: false })?.isSymbolicLink(); links++) {
    if (links === MOST_LINKS) throw new UsageError(`${option} ${path}: too many symbolic links`)
    place = resolve(dirname(place), readlinkSync(place))
  }
  return place
}

function openTemporary(output: OutputFile): { readonly temporary: string; readonly descriptor: number } {
  const folder = dirname(output.target)
  const temporary = join(folder, `.remapbench-${process.pid}-${randomBytes(6).toString('hex')}.tmp`)
  try {
    return { temporary, descriptor: openSync(temporary, 'wx') }
  } catch (error) {
    throw new UsageError(
      `${output.option} ${output.path}: cannot be written: no file can be created in ${dirname(output.path)}: ${reasonOf(error)}`,
    )
  }
}
