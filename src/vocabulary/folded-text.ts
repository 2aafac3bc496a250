/*
 * When two texts are the same without case, in any script. The databases fold differently (SQLite knows ASCII only), and so
 * does every language; here is the one rule.
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
