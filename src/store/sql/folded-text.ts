/*
 * How text is compared without case, in any script: both databases fold differently (SQLite knows ASCII only), so it is
 * done here and stored beside the original.
 */

/**
 * Compatibility forms are made one (`ﬁ`, full-width letters), then case is folded by way of capitals, so that `ß` meets
 * `SS`; the Greek final sigma depends on its place in the word and becomes the plain one. NUL, which PostgreSQL cannot hold
 * in text, is dropped.
 */
export function foldText(text: string): string {
  if (isPlain.test(text)) return text.toLowerCase()
  return text.normalize('NFKC').toUpperCase().toLowerCase().replaceAll('ς', 'σ').normalize('NFKC').replaceAll('\0', '')
}

/** Most names and addresses are; for them the long way comes to the same. */
const isPlain = /^[\x01-\x7f]*$/

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
