/*
 * What counts as white space: the Unicode property, which is .NET's Char.IsWhiteSpace. JavaScript's own trim and `\s`
 * take U+FEFF for white space and leave U+0085, so they are not used (expressions.md 9.3).
 */

export function isWhiteSpace(unit: number): boolean {
  if (unit <= 0x20) return unit === 0x20 || (unit >= 0x09 && unit <= 0x0d)
  if (unit < 0x1680) return unit === 0x85 || unit === 0xa0
  return (
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  )
}

export function trimStart(text: string): string {
  let from = 0
  while (from < text.length && isWhiteSpace(text.charCodeAt(from))) from++
  return from === 0 ? text : text.slice(from)
}

export function trimEnd(text: string): string {
  let to = text.length
  while (to > 0 && isWhiteSpace(text.charCodeAt(to - 1))) to--
  return to === text.length ? text : text.slice(0, to)
}

export function trim(text: string): string {
  return trimStart(trimEnd(text))
}
