/*
 * Writes a name in the letters an address may have, the way its language does: `Müller` becomes `mueller`, `Łukasz`
 * becomes `lukasz`, `O'Brien` stays `o'brien` as Entra allows it.
 */

const letters: Readonly<Record<string, string>> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', å: 'a', ð: 'd', þ: 'th', đ: 'd', ł: 'l', ı: 'i', ə: 'e', ħ: 'h' },
}

const germanLetters: Readonly<Record<string, string>> = { ä: 'ae', ö: 'oe', ü: 'ue' }

/** Lower-case letters, digits, hyphens, apostrophes and dots only; never empty for a name with Latin letters. */
export function latinAddress(name: string, language: string): string {
  const composed = name.normalize('NFC').replaceAll('İ', 'i').toLowerCase()
  const german =
    language === 'de-DE' ? composed.replace(/[äöü]/gu, (letter) => germanLetters[letter] ?? letter) : composed
  return german
    .replace(/[^\u0000-\u007f]/gu, (letter) => letters[letter] ?? letter)
    .normalize('NFD')
    .replace(/[^a-z0-9'.\- ]/gu, '')
    .replace(/[ ]+/gu, '')
    .replace(/\.{2,}/gu, '.')
    .replace(/^[.'-]+|[.'-]+$/gu, '')
}
