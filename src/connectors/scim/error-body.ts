/*
 * What an answer says went wrong. Four bodies occur (slack.md 5.1): the v1 `Errors` object, the v2 `detail`, the Web API's
 * `{"ok":false,"error"}`, and none or a proxy's page. The name before the first blank or bracket decides, never the status.
 */
import { isRecord } from './json.ts'
import type { TransportAnswer } from './transport.ts'

export type AnswerReading =
  /** It worked; `json` is what the body held, `undefined` when there was none. */
  | { readonly kind: 'done'; readonly json: unknown }
  /** The target refused and said why. `existingUser` is Slack's `existing_user=U..`. */
  | {
      readonly kind: 'refused'
      readonly name: string
      readonly detail: string
      readonly values: Readonly<Record<string, string>>
    }
  /** Refused without a name that a program could read: empty, a page, or JSON of another shape. */
  | { readonly kind: 'nameless'; readonly found: 'empty' | 'page' | 'otherJson' | 'brokenJson' }

export function readAnswer(answer: TransportAnswer): AnswerReading {
  const isSuccess = answer.status >= 200 && answer.status < 300
  const body = answer.body
  if (body.trim() === '') return isSuccess ? { kind: 'done', json: undefined } : { kind: 'nameless', found: 'empty' }
  const json = parse(body)
  if (json === undefined) return { kind: 'nameless', found: body.trimStart().startsWith('<') ? 'page' : 'brokenJson' }
  // SCIM 2.0 has a word of its own for the kind of error (RFC 7644 3.12, table 9).
  if (isRecord(json) && isErrorMessage(json) && typeof json.scimType === 'string' && json.scimType !== '')
    return { kind: 'refused', name: json.scimType, detail: detailOf(json), values: {} }
  const text = isRecord(json) ? errorText(json) : null
  if (text !== null) return named(text)
  return isSuccess ? { kind: 'done', json } : { kind: 'nameless', found: 'otherJson' }
}

/** JSON is never `undefined`, so that stands for what is no JSON. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function errorText(json: Readonly<Record<string, unknown>>): string | null {
  // A 200 answer may carry Errors as well, and an array is what SCIM 1.1 itself says (slack.md 5.1).
  const errors: unknown = Array.isArray(json.Errors) ? json.Errors[0] : json.Errors
  if (isRecord(errors)) return typeof errors.description === 'string' ? errors.description : ''
  if (typeof json.detail === 'string' && isErrorMessage(json)) return json.detail
  if (json.ok === false && typeof json.error === 'string') return json.error
  return null
}

function detailOf(json: Readonly<Record<string, unknown>>): string {
  return typeof json.detail === 'string' && json.detail !== ''
    ? `${String(json.scimType)}: ${json.detail}`
    : String(json.scimType)
}

function isErrorMessage(json: Readonly<Record<string, unknown>>): boolean {
  return json.status !== undefined || (Array.isArray(json.schemas) && json.schemas.join(' ').includes('Error'))
}

function named(text: string): AnswerReading {
  const name = /^[^\s([]+/.exec(text.trim())?.[0] ?? ''
  const values: Record<string, string> = {}
  for (const [, key = '', value = ''] of text.matchAll(/([a-z_]+)\s*=\s*([^,\s)\]]+)/gi)) values[key] = value
  return { kind: 'refused', name, detail: text, values }
}
