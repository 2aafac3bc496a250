/*
 * What a part of the simulated Slack answers, and what would change by it: the caller carries that out.
 */
import type { Change } from './workspace/store.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly changes: readonly Change[]
  readonly actorId: string | null
  /** The person or group that stays locked until the answer has gone out. */
  readonly lock: string | null
  /** What its latency and its rate limit go by. */
  readonly endpoint: string | null
}

export interface PageRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly remoteAddress: string
}

export function jsonAnswer(status: number, value: unknown, more: Partial<Answer> = {}): Answer {
  return answer(status, 'application/json; charset=utf-8', value === null ? '' : JSON.stringify(value), more)
}

/** A page for a person. `content` is HTML; whatever came from outside has to be escaped by the caller. */
export function pageAnswer(status: number, title: string, content: string, more: Partial<Answer> = {}): Answer {
  const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="/_sim/page/icon.svg">
<link rel="stylesheet" href="/_sim/page/plain.css"></head>
<body><main><h1>${escapeHtml(title)}</h1>
${content}
</main></body>
</html>
`
  return answer(status, 'text/html; charset=utf-8', page, { ...more, headers: { ...more.headers, ...pageHeaders } })
}

/** Nothing from elsewhere, no scripts, and in nobody's frame, where a click on Allow could be stolen. */
const pageHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'",
}

export function redirectAnswer(location: string, more: Partial<Answer> = {}): Answer {
  return answer(302, 'text/html; charset=utf-8', '', { ...more, headers: { location, ...more.headers } })
}

function answer(status: number, contentType: string, body: string, more: Partial<Answer>): Answer {
  const headers = { 'content-type': contentType, ...more.headers }
  return { changes: [], actorId: null, lock: null, endpoint: null, ...more, status, headers, body }
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '')
}

export function headerOf(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  if (Object.hasOwn(headers, name)) return headers[name]
  for (const key of Object.keys(headers)) if (key.toLowerCase() === name) return headers[key]
  return undefined
}

/** A form or a JSON object of texts; Slack's Web API takes both. */
export function readForm(body: string | undefined, headers: Readonly<Record<string, string>>): URLSearchParams {
  if (body === undefined || body === '') return new URLSearchParams()
  if (headerOf(headers, 'content-type')?.startsWith('application/json') !== true) return new URLSearchParams(body)
  const form = new URLSearchParams()
  const value = parseObject(body)
  for (const [name, inner] of Object.entries(value)) if (typeof inner === 'string') form.set(name, inner)
  return form
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch (error) {
    if (error instanceof SyntaxError) return {}
    throw error
  }
}
