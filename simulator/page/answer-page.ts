/*
 * Serves the workspace page: the shell, its style and its small client script. The client is TypeScript of this folder
 * with its types taken out, so that it needs no build step and is checked like everything else.
 */
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { headerOf } from '../answer.ts'
import { browserPerson } from '../oauth/sign-in.ts'
import type { SignInWorld } from '../oauth/sign-in.ts'
import type { SimulatorRequest, SimulatorResponse } from '../simulator.ts'
import { shellPage } from './shell.ts'

/** Everything from here, nothing inline, in nobody's frame. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const contentTypes: ReadonlyMap<string, string> = new Map([
  ['css', 'text/css; charset=utf-8'],
  ['svg', 'image/svg+xml'],
  ['ts', 'text/javascript; charset=utf-8'],
])

const assetPath = /^\/_sim\/page\/(client\/[a-z-]+\.ts|[a-z-]+\.(?:css|svg))$/

/** Null when the request is not for the page. */
export function answerPage(request: SimulatorRequest, path: string, world: SignInWorld): SimulatorResponse | null {
  if (request.method !== 'GET') return null
  if (path === '/') return answerShell(request, world)
  const name = assetPath.exec(path)?.[1]
  if (name === undefined) return null
  const contentType = contentTypes.get(name.split('.')[1] ?? '') ?? 'text/plain'
  const text = assetText(name)
  if (text === null) return null
  return {
    status: 200,
    headers: { 'content-type': contentType, 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' },
    body: text,
  }
}

function answerShell({ headers }: SimulatorRequest, world: SignInWorld): SimulatorResponse {
  const cookie = headerOf(headers, 'cookie')
  const page = { method: 'GET', path: '/', query: new URLSearchParams(), headers, body: undefined, remoteAddress: '' }
  const person = cookie === undefined ? undefined : browserPerson(page, world)
  return {
    status: 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': contentSecurityPolicy,
    },
    body: shellPage(world.store.settings, person),
  }
}

function assetText(name: string): string | null {
  try {
    const source = readFileSync(join(import.meta.dirname, name), 'utf8')
    return name.endsWith('.ts') ? withoutTypes(source) : source
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** Node itself runs this code the same way; only the function of that name still announces itself as experimental. */
function withoutTypes(source: string): string {
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(source)
  } finally {
    process.emitWarning = emitWarning
  }
}
