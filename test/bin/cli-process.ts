// Starts the compiled command line as a process of its own and collects what comes of it.

import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'

export const CLI = fileURLToPath(new URL('../../bin/remapbench.js', import.meta.url))
/** A run that takes a moment. */
export const SMALL = ['--file', '128M', '--window', '4M', '--accesses', '20000']

/** The environment without what changes colours, and with `extra`. */
export function environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { NO_COLOR: _, FORCE_COLOR: __, NODE_V8_COVERAGE: ___, ...rest } = process.env
  return { ...rest, ...extra }
}

export function cli(
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
  cwd?: string,
): SpawnSyncReturns<string> {
  const place = cwd === undefined ? {} : { cwd }
  return spawnSync(process.execPath, [CLI, ...args], { encoding: 'utf8', env: environment(extra), ...place })
}

/** For the environment: something done to the program's Node first. */
export const preloaded = (code: string) => ({
  NODE_OPTIONS: `--import ${JSON.stringify(`data:text/javascript,${encodeURIComponent(code)}`)}`,
})

/** An empty folder that goes with the test. */
export function scratch(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'remapbench-test-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
