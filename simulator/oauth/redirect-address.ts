/*
 * Whether an app may be sent back to an address (slack.md 1.3): HTTPS, equal to or below a configured one, no fragment.
 */
import type { OauthApp } from '../workspace/model.ts'

export function isAllowedRedirect(address: string, { redirectUrls }: OauthApp): boolean {
  if (address.includes('#')) return false
  const url = URL.parse(address)
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return false
  return redirectUrls.some((configured) => isBelow(url, configured))
}

function isBelow(url: URL, configured: string): boolean {
  const base = URL.parse(configured)
  if (base?.origin !== url.origin) return false
  const folder = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`
  return url.pathname === base.pathname || url.pathname.startsWith(folder)
}

/** An absolute address, or a path of this origin. */
export function withQuery(address: string, values: Readonly<Record<string, string | null>>): string {
  const origin = 'https://slack.invalid'
  const url = new URL(address, origin)
  for (const [name, value] of Object.entries(values)) if (value !== null) url.searchParams.set(name, value)
  return url.origin === origin ? url.pathname + url.search : url.href
}
