/*
 * A real browser for tests and pictures, out of npm packages only: on Linux the Chromium of `@sparticuz/chromium` with the
 * libraries and fonts it brings along, elsewhere the Chrome that is installed. It speaks to this machine only.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import Chromium from '@sparticuz/chromium'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'

const root = join(import.meta.dirname, '..', '..')

/** What the package needs of its arguments without those that weaken a page's walls. */
const args = [
  ...Chromium.args.filter(
    (argument) =>
      !['--single-process', '--disable-web-security', '--allow-running-insecure-content'].includes(argument),
  ),
  // No name is ever looked up, so nothing leaves the machine even when a page asks for it.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
]

export async function startChromium(): Promise<Browser> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return startInstalledChrome()
  const folder = unpacked()
  return chromium.launch({
    executablePath: join(folder, 'chromium'),
    args,
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  })
}

async function startInstalledChrome(): Promise<Browser> {
  try {
    return await chromium.launch({ channel: 'chrome', args: args.slice(-1) })
  } catch (error) {
    throw new Error('Browser tests need Google Chrome on this system; on Linux x64 they bring their own.', {
      cause: error,
    })
  }
}

/** Once per version; put in place by a rename, so that tests that start at the same time never see half of it. */
function unpacked(): string {
  const { version } = createRequire(import.meta.url)(join(packageFolder(), 'package.json')) as { version: string }
  const cache = join(root, 'node_modules', '.cache', 'muster')
  const folder = join(cache, `chromium-${version}`)
  if (existsSync(join(folder, 'chromium'))) return folder
  // What is left of a run that was broken off while its files were taken away.
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(cache, { recursive: true })
  const fresh = mkdtempSync(join(cache, 'chromium-new-'))
  const script = join(import.meta.dirname, 'unpack-chromium.mjs')
  execFileSync(process.execPath, [script], { env: { ...process.env, TMPDIR: fresh } })
  writeFileSync(
    join(fresh, 'fonts.conf'),
    `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir></fontconfig>
`,
  )
  // Unpacked by root, it also serves others who run the tests in this clone.
  chmodSync(join(fresh, 'chromium'), 0o755)
  chmodSync(fresh, 0o755)
  try {
    renameSync(fresh, folder)
  } catch (error) {
    // Another test was first.
    if (!existsSync(folder)) throw error
    rmSync(fresh, { recursive: true, force: true })
  }
  return folder
}

function packageFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..')
}

/** A page of its own; a request that would leave the machine fails the test that made it. */
export async function newPage(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly problems: readonly string[] }> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    ...options,
  })
  const problems: string[] = []
  const page = await context.newPage()
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text())
  })
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url())
    const isHere = hostname === '127.0.0.1' || hostname === 'localhost' || protocol === 'blob:' || protocol === 'data:'
    if (!isHere) problems.push(`A request left the machine: ${request.url()}`)
  })
  return { page, problems }
}
