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
  const replaced = text.replace(/[æÆøØœŒßłŁı]/g, (letter) => replacements.get(letter) ?? letter)
  return withoutLatinMarks(replaced.normalize('NFD')).normalize('NFC')
}

const latin = /^\p{Script=Latin}$/u

/** Written as a loop, because a run of marks may be longer than a pattern's stack. */
function withoutLatinMarks(decomposed: string): string {
  let result = ''
  let followsLatin = false
  for (const character of decomposed) {
    const isMark = character >= '\u0300' && character <= '\u036f'
    if (isMark && followsLatin) continue
    if (!isMark) followsLatin = character < '\u0080' ? /^[A-Za-z]$/.test(character) : latin.test(character)
    result += character
  }
  return result
}
