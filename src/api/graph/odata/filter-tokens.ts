/* Cuts a `$filter` into words, texts and signs. */
import { badRequest, type GraphProblem } from '../graph-problem.ts'

export type Token =
  | { readonly kind: 'word' | 'text' | 'sign'; readonly value: string; readonly at: number }
  | { readonly kind: 'end'; readonly value: ''; readonly at: number }

/** Longer than any filter a client makes, shorter than what would hold the service up. */
const filterLengthMax = 8000

export const filterProblem = (found: string, at: number): GraphProblem =>
  badRequest(`Invalid filter clause: ${found} at position ${String(at)}.`)

/** Property names, numbers, GUIDs, dates; `:` belongs to times and stands behind a variable, which the reader tells apart. */
const wordPattern = /[A-Za-z0-9_.$+-](?:[A-Za-z0-9_.$+-]|:(?=\d\d))*/y

export function filterTokens(text: string): readonly Token[] {
  if (text.length > filterLengthMax)
    throw badRequest(
      `Invalid filter clause: it has ${String(text.length)} characters, and at most ${String(filterLengthMax)} are read.`,
    )
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const sign = text.charAt(at)
    if (/\s/.test(sign)) {
      at += 1
    } else if (sign === "'") {
      const end = endOfText(text, at)
      tokens.push({ kind: 'text', value: text.slice(at + 1, end - 1).replaceAll("''", "'"), at })
      at = end
    } else if ('(),/:'.includes(sign)) {
      tokens.push({ kind: 'sign', value: sign, at })
      at += 1
    } else {
      wordPattern.lastIndex = at
      const word = wordPattern.exec(text)?.[0]
      if (word === undefined) throw filterProblem(`unexpected character '${sign}'`, at)
      tokens.push({ kind: 'word', value: word, at })
      at += word.length
    }
  }
  return [...tokens, { kind: 'end', value: '', at: text.length }]
}

/** Behind the closing quote; a doubled one stands for itself. */
function endOfText(text: string, start: number): number {
  let at = start + 1
  for (;;) {
    const quote = text.indexOf("'", at)
    if (quote < 0) throw filterProblem('there is an unterminated string literal', start)
    if (text[quote + 1] !== "'") return quote + 1
    at = quote + 2
  }
}
