/*
 * Latin text without its diacritics (expressions.md 8.1 NormalizeDiacritics, dec S4). Other scripts keep their marks.
 */

const beyondAscii = /[^\x00-\x7f]/

/** Letters that do not decompose; the ones with a stroke that are not listed stay as they are. */
const replacements: ReadonlyMap<string, string> = new Map([
  ['æ', 'ae'],
  ['Æ', 'AE'],
  ['ø', 'oe'],
  ['Ø', 'OE'],
  ['œ', 'oe'],
  ['Œ', 'OE'],
  ['ß', 'ss'],
  ['ł', 'l'],
  ['Ł', 'L'],
  ['ı', 'i'],
])

export function normalizeDiacritics(text: string): string {
  if (!beyondAscii.test(text)) return text
  return text
    .replace(/[æÆøØœŒßłŁı]/g, (letter) => replacements.get(letter) ?? letter)
    .normalize('NFD')
    .replace(/(\p{Script=Latin})[\u0300-\u036f]+/gu, '$1')
    .normalize('NFC')
}
