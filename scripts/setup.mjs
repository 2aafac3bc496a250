/*
 * Decides whether this clone is ready to run: dependencies installed as the lock file says, and Node 24 or newer.
 * The one script the machine's own Node runs (18 or newer), before every npm script: plain JavaScript, no dependency.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const binFolder = join(root, 'node_modules', '.bin')
const lockFile = join(root, 'package-lock.json')
const installedFile = join(root, 'node_modules', '.package-lock.json')
const turnFile = join(root, '.setup-turn')
const nodeMajorMin = 24
const waitMaxMs = 10 * 60 * 1000

/**
 * npm writes `node_modules/.package-lock.json` at the end of an install that succeeded. Comparing what it lists with the
 * lock file, rather than two times of change, survives a checkout to and fro and a clone that was copied.
 * Optional packages may be missing: they belong to other platforms.
 */
function isInstalled() {
  if (!existsSync(installedFile)) return false
  const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages
  let installed
  try {
    installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages
  } catch (error) {
    if (error instanceof SyntaxError) return false
    throw error
  }
  const isSame = (name) =>
    installed[name].version === wanted[name].version && installed[name].integrity === wanted[name].integrity
  return (
    Object.keys(installed).every((name) => name in wanted) &&
    Object.keys(wanted).every((name) =>
      name in installed ? isSame(name) : name === '' || wanted[name].optional || wanted[name].devOptional,
    )
  )
}

/** The Node that the next script finds: npm puts `node_modules/.bin` first on its path. */
function nodeVersionOfScripts() {
  const own = join(binFolder, process.platform === 'win32' ? 'node.cmd' : 'node')
  if (!existsSync(own)) return outsideNodeVersion()
  return versionOf(own, process.env)
}

function outsideNodeVersion() {
  return versionOf('node', { ...process.env, PATH: pathWithoutBin() })
}

function versionOf(command, env) {
  const { stdout } = spawnSync(command, ['--version'], { encoding: 'utf8', env, shell: process.platform === 'win32' })
  return (stdout ?? '').trim()
}

/** `npm ci` removes the Node in `node_modules` while it works, so it must not itself run on that one. */
function pathWithoutBin() {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== binFolder)
    .join(delimiter)
}

/**
 * Options of the outer npm command arrive as `npm_config_*`. Those that say where npm works or what it leaves out would
 * make another install of this one; registry, cache, proxy and certificates stay.
 */
function environmentOfInstall() {
  const misleading =
    /^npm_config_(prefix|local_prefix|global|location|workspaces?|include_workspace_root|omit|include|only|also|production|dev|optional|dry_run|package_lock|package_lock_only|json|install_strategy|global_style|legacy_bundling|install_links)$/i
  const kept = Object.entries(process.env).filter(([name]) => !misleading.test(name) && name !== 'NODE_ENV')
  return { ...Object.fromEntries(kept), PATH: pathWithoutBin() }
}

function install() {
  console.log('Installing what Muster needs (npm ci); this happens once, and again when package-lock.json changes.')
  const { status, error } = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: environmentOfInstall(),
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  if (status === 0) return
  refuse(
    `Dependencies could not be installed: npm ci ${error ? `did not start (${error.message})` : `ended with code ${status}`}.`,
    'Nothing of Muster runs without them.',
    'Read the message of npm above; npm must reach its registry and be allowed to write to this folder. Then try again.',
  )
}

/** Two scripts may start at once, and two installs in one folder destroy each other: the second waits, then looks again. */
function inTurn(work) {
  const beganAt = Date.now()
  while (!takeTurn()) {
    const holder = Number(readIfThere(turnFile) ?? Number.NaN)
    if (Number.isInteger(holder) && holder > 0 && !isRunning(holder)) giveUpTurnOf(holder)
    if (Date.now() - beganAt > waitMaxMs) {
      refuse(
        `Another installation of these dependencies (process ${holder}) is still running after ${waitMaxMs / 60_000} minutes.`,
        'Two at once in one folder would destroy each other.',
        `End it, or remove ${turnFile} if no such process exists, and try again.`,
      )
    }
    pause(200)
  }
  const release = () => rmSync(turnFile, { force: true })
  process.on('exit', release)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))
  work()
  process.off('exit', release)
  release()
}

function takeTurn() {
  try {
    writeFileSync(turnFile, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function giveUpTurnOf(holder) {
  const aside = `${turnFile}.${holder}.left-by-${process.pid}`
  try {
    renameSync(turnFile, aside)
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
    return
  }
  // Between reading and renaming another process may have taken its turn: then it gets it back.
  if (Number(readIfThere(aside)) === holder) rmSync(aside, { force: true })
  else renameSync(aside, turnFile)
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}

function pause(durationMs) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs)
}

function refuse(...sentences) {
  console.error(`\n${sentences.join('\n')}`)
  process.exit(1)
}

if (!isInstalled()) {
  inTurn(() => {
    if (!isInstalled()) install()
  })
}

const version = nodeVersionOfScripts()
if (Number(/^v(\d+)\./.exec(version)?.[1] ?? 0) < nodeMajorMin) {
  refuse(
    `Muster needs Node ${nodeMajorMin} or newer, and the Node its scripts would run on here is ${version || 'missing'}.`,
    'It uses the database and the TypeScript reader that came with that version.',
    'The package "node" brings it along by its install script: run "npm ci" once without --ignore-scripts' +
      ` (and without ignore-scripts in .npmrc), or install Node ${nodeMajorMin} on this machine.`,
  )
}
