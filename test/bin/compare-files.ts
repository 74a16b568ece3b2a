// Files of results for the command line of the gate, and the gate as a program between them.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { edited, golden } from '../helpers/gate-files.ts'
import { cli, scratch } from './cli-process.ts'

export const BASE = golden('small.csv')
export const WORSE = edited(BASE, 0, { page_faults: 15_982 })
export const BETTER = edited(BASE, 0, { page_faults: 1 })
/** The machine that runs the tests may be one of GitHub's. */
export const PLAIN = { GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '' }

/** A folder with files that most tests compare. */
export function files(t: TestContext): string {
  const folder = scratch(t)
  writeFileSync(join(folder, 'base.csv'), BASE)
  writeFileSync(join(folder, 'base.json'), golden('small.json'))
  writeFileSync(join(folder, 'worse.csv'), WORSE)
  writeFileSync(join(folder, 'better.csv'), BETTER)
  return folder
}

export function compare(folder: string, ...args: readonly string[]) {
  return cli(['compare', ...args], PLAIN, folder)
}

export const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)
