/*
 * Finds the top-level values of a JSON text and the elements of their lists with the line each begins on, and tells a
 * text that was cut off from one that is wrong. It looks at brackets and strings only; the values themselves are
 * parsed by the platform.
 */

export interface JsonSpan {
  readonly start: number
  readonly end: number
}

export type JsonScan =
  | { readonly kind: 'values'; readonly spans: readonly JsonSpan[] }
  /** The text ends inside a value that begins at `start`. */
  | { readonly kind: 'cutOff'; readonly start: number }
  /** A bracket that closes nothing, or text between values. */
  | { readonly kind: 'malformed'; readonly at: number }

/** The values of a sequence: one document, or several one after the other (JSON Lines, or printed one below the other). */
export function scanValues(text: string): JsonScan {
  const spans: JsonSpan[] = []
  let at = skipBlank(text, 0)
  while (at < text.length) {
    const end = endOfValue(text, at)
    if (typeof end !== 'number') return end
    spans.push({ start: at, end })
    at = skipBlank(text, end)
  }
  return { kind: 'values', spans }
}

/** The elements of the list whose `[` is at `start`; the text up to its `]` is known to be valid JSON. */
export function scanElements(text: string, start: number): readonly JsonSpan[] {
  const spans: JsonSpan[] = []
  let at = skipBlank(text, start + 1)
  while (at < text.length && text[at] !== ']') {
    const end = endOfValue(text, at)
    if (typeof end !== 'number') break
    spans.push({ start: at, end })
    at = skipBlank(text, end)
    if (text[at] === ',') at = skipBlank(text, at + 1)
  }
  return spans
}

/** Where the list of property `name` of the object at `start` begins, or -1. */
export function findListProperty(text: string, start: number, name: string): number {
  let at = skipBlank(text, start + 1)
  while (at < text.length && text[at] === '"') {
    const keyEnd = endOfString(text, at)
    if (keyEnd === -1) return -1
    const key = text.slice(at + 1, keyEnd - 1)
    at = skipBlank(text, skipBlank(text, keyEnd) + 1)
    if (key === name) return text[at] === '[' ? at : -1
    const end = endOfValue(text, at)
    if (typeof end !== 'number') return -1
    at = skipBlank(text, end)
    if (text[at] === ',') at = skipBlank(text, at + 1)
  }
  return -1
}

/** Turns places into line numbers; asked in rising order it reads the text once. */
export function createLineCounter(text: string): (at: number) => number {
  let line = 1
  let from = 0
  return (at) => {
    for (let next = text.indexOf('\n', from); next !== -1 && next < at; next = text.indexOf('\n', from)) {
      line += 1
      from = next + 1
    }
    return line
  }
}

function skipBlank(text: string, from: number): number {
  let at = from
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at += 1
  return at
}

function endOfValue(text: string, start: number): number | Exclude<JsonScan, { kind: 'values' }> {
  const first = text[start]
  if (first === '{' || first === '[') return endOfBracketed(text, start)
  if (first === '"') {
    const end = endOfString(text, start)
    return end === -1 ? { kind: 'cutOff', start } : end
  }
  const length = /^[-+.\w]+/u.exec(text.slice(start, start + 64))?.[0].length ?? 0
  return length === 0 ? { kind: 'malformed', at: start } : start + length
}

const interesting = /["{}[\]]/gu

function endOfBracketed(text: string, start: number): number | Exclude<JsonScan, { kind: 'values' }> {
  const open: string[] = []
  let at = start
  for (;;) {
    interesting.lastIndex = at
    const found = interesting.exec(text)
    if (found === null) return { kind: 'cutOff', start }
    at = found.index + 1
    const sign = found[0]
    if (sign === '"') {
      at = endOfString(text, found.index)
      if (at === -1) return { kind: 'cutOff', start }
    } else if (sign === '{' || sign === '[') open.push(sign)
    else {
      if (open.pop() !== (sign === '}' ? '{' : '[')) return { kind: 'malformed', at: found.index }
      if (open.length === 0) return at
    }
  }
}

/** The place behind the closing quote, or -1. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  for (;;) {
    const quote = text.indexOf('"', at)
    if (quote === -1) return -1
    let backslashes = 0
    while (text[quote - 1 - backslashes] === '\\') backslashes += 1
    if (backslashes % 2 === 0) return quote + 1
    at = quote + 1
  }
}
