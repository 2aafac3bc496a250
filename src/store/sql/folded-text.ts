/* Text compared without case, as columns hold it beside the original. */
import { foldText } from '../../vocabulary/index.ts'

export { foldText }

/** Characters of a folded text that an index holds: PostgreSQL refuses index rows beyond some 2,700 bytes. */
const indexedLength = 256

/** A folded text for an indexed column; texts that differ later on share it, so whoever finds a row compares again. */
export function foldForIndex(text: string): string {
  return foldText(text).slice(0, indexedLength)
}

/** Texts that are searched together; the line break keeps a match from reaching across two of them. */
export function foldTogether(texts: readonly string[]): string {
  return [...new Set(texts.filter((text) => text !== '').map(foldText))].join('\n')
}
