#!/usr/bin/env node
/*
 * The command `muster`, for whatever Node finds it: goes on with Node 24 or newer, or says what is missing.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import module from 'node:module'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import v8 from 'node:v8'

const nodeMajorMin = 24

/*
 * The service keeps the memory of the machine for others. With glibc every thread keeps freed memory in an arena of its own; the
 * service's threads take turns, so that what one has freed would be asked for once more by the next. The C library reads this
 * once, when a process begins. And V8 lets garbage grow to several times of what is in use before it collects: at 100,000
 * people to 700 MB beside 150.
 */
const oneArena = 'MALLOC_ARENA_MAX'
const collectSooner = '--heap-growing-percent=40'
const isServing =
  process.argv[2] === 'serve' && process.platform === 'linux' && process.env.NODE_CHANNEL_FD === undefined

if (Number(process.versions.node.split('.')[0]) >= nodeMajorMin) {
  if (isServing && process.env[oneArena] === undefined) {
    // The same process goes on as this, for whoever watches it.
    process.execve(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
      ...process.env,
      [oneArena]: '1',
    })
  }
  if (isServing) v8.setFlagsFromString(collectSooner)
  // What was compiled once is kept for the next start, and for threads, which look here; a folder that cannot be written
  // keeps nothing.
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/muster', import.meta.url))
  module.enableCompileCache()
  await import('../src/cli/main.ts')
} else {
  const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))
  if (existsSync(own)) {
    goOnWith(own)
  } else {
    console.error(
      `muster needs Node ${nodeMajorMin} or newer, and this is ${process.version}.\n` +
        'It reads TypeScript and SQLite with what came in that version.\n' +
        `Run "npm ci" in ${fileURLToPath(new URL('..', import.meta.url))}, which brings one along, or install Node ${nodeMajorMin}.`,
    )
    process.exitCode = 1
  }
}

/** The outer process hands on signals and ends as the inner one did, so that scripts and shells see no difference. */
function goOnWith(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    console.error(`muster could not start ${node}: ${error.message}\nRun "npm ci" to install it again.`)
    process.exitCode = 1
  })
  child.on('close', (code, signal) => {
    process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal])
  })
}
