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

const latin = /^\p{Script=Latin}/u

/** Written as a loop, because a run of marks may be longer than a pattern's stack. */
function withoutLatinMarks(decomposed: string): string {
  let result = ''
  let copied = 0
  let followsLatin = false
  for (let at = 0; at < decomposed.length; at++) {
    const unit = decomposed.charCodeAt(at)
    if (unit < 0x300 || unit > 0x36f) {
      followsLatin = unit < 0x80 ? isAsciiLetter(unit) : isLatin(decomposed, at)
    } else if (followsLatin) {
      result += decomposed.slice(copied, at)
      copied = at + 1
    }
  }
  return result + decomposed.slice(copied)
}

function isAsciiLetter(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a)
}

/** The second half of a surrogate pair is of the script of its whole. */
function isLatin(text: string, at: number): boolean {
  const isSecondHalf =
    at > 0 && (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
  const start = isSecondHalf ? at - 1 : at
  return latin.test(text.slice(start, start + 2))
}
