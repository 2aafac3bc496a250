/*
 * Which program may send people here to sign in, and where they are sent back to: exactly one of the addresses it has
 * registered. For programs on the person's own machine the port alone may differ (RFC 8252 section 7.3).
 */
import { commandLineAppId, isLoopbackName } from '../../vocabulary/index.ts'

/** What a program that acts for people is, as far as signing in is concerned. */
export interface SignInClient {
  readonly appId: string
  readonly displayName: string
  /** Registered addresses: of programs that can keep a secret, of pages in a browser, of programs on a person's machine. */
  readonly redirects: Readonly<Record<RedirectKind, readonly string[]>>
}

export type RedirectKind = 'web' | 'spa' | 'publicClient'

/** Muster's own command line; any program on the machine may say it is that, so people are asked first. */
export const commandLineClient: SignInClient = {
  appId: commandLineAppId,
  displayName: 'the Muster command line',
  redirects: { web: [], spa: [], publicClient: ['http://127.0.0.1/', 'http://[::1]/', 'http://localhost/'] },
}

/** Their addresses would run in the page that leads to them, or read files. */
const neverSchemes = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'about:', 'file:', 'view-source:'])

function isLoopback(url: URL): boolean {
  return url.protocol === 'http:' && isLoopbackName(url.hostname)
}

/** The same but for the port. */
function differsInPort(registered: URL, asked: URL): boolean {
  const portless = (url: URL): string => {
    const copy = new URL(url)
    copy.port = ''
    return copy.href
  }
  return isLoopback(registered) && isLoopback(asked) && portless(registered) === portless(asked)
}

/** How this address is registered; `null`: it is not, and nobody is sent there. */
export function redirectKind(client: SignInClient, redirectUri: string): RedirectKind | null {
  if (!URL.canParse(redirectUri) || redirectUri.includes('#')) return null
  const asked = new URL(redirectUri)
  if (neverSchemes.has(asked.protocol) || asked.username !== '' || asked.password !== '') return null
  // Whoever listens on the way could read the code.
  if (asked.protocol === 'http:' && !isLoopbackName(asked.hostname)) return null
  for (const kind of ['publicClient', 'spa', 'web'] as const) {
    for (const registered of client.redirects[kind]) {
      if (registered === redirectUri) return kind
      if (kind === 'publicClient' && URL.canParse(registered) && differsInPort(new URL(registered), asked)) return kind
    }
  }
  return null
}

/** For `form-action`: the origin, or the scheme of an app's own. */
export function placeOf(redirectUri: string): string {
  const { origin, protocol } = new URL(redirectUri)
  return origin === 'null' ? protocol : origin
}
