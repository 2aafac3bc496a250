/*
 * Base64, UTF-8 and UTF-16 by hand, because this room has neither Buffer nor TextEncoder (expressions.md 8.1).
 */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Base64 of the UTF-16LE bytes of a text. */
export function base64OfUtf16(text: string): string {
  const bytes = new Uint8Array(text.length * 2)
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    bytes[at * 2] = unit & 0xff
    bytes[at * 2 + 1] = unit >> 8
  }
  return base64(bytes)
}

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const taken = Math.min(3, bytes.length - at)
    const bits = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    for (let digit = 0; digit < 4; digit++) {
      text += digit <= taken ? alphabet.charAt((bits >> (18 - digit * 6)) & 63) : '='
    }
  }
  return text
}

/** Null for anything that is not base64; blanks, tabs and line ends in between are no matter, as in .NET. */
export function bytesOfBase64(text: string): Uint8Array | null {
  const written = text.replace(/[ \t\r\n]/g, '')
  if (written.length % 4 !== 0) return null
  const padding = written.endsWith('==') ? 2 : written.endsWith('=') ? 1 : 0
  const length = written.length - padding
  const bytes = new Uint8Array(Math.floor((length * 6) / 8))
  let bits = 0
  let count = 0
  let filled = 0
  for (let at = 0; at < length; at++) {
    const digit = alphabet.indexOf(written.charAt(at))
    if (digit < 0) return null
    bits = ((bits << 6) | digit) & 0xffff
    count += 6
    if (count >= 8) {
      count -= 8
      bytes[filled++] = (bits >> count) & 0xff
    }
  }
  return bytes
}

/** Bytes that are no text become U+FFFD, as in .NET. */
export function textOfUtf16(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at + 1 < bytes.length; at += 2)
    text += String.fromCharCode((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8))
  return (bytes.length % 2 === 0 ? text : `${text}\ufffd`).toWellFormed()
}

export function textOfAscii(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : '?'
  return text
}

export function textOfUtf8(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length;) {
    const { codePoint, length } = decodeUtf8(bytes, at)
    text += String.fromCodePoint(codePoint)
    at += length
  }
  return text
}

const replacement = 0xfffd

/** One character; a sequence that breaks off is replaced as far as it was one. */
function decodeUtf8(bytes: Uint8Array, at: number): { codePoint: number; length: number } {
  const lead = bytes[at] ?? 0
  if (lead < 0x80) return { codePoint: lead, length: 1 }
  const size = lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0
  if (size === 0) return { codePoint: replacement, length: 1 }
  let codePoint = lead & (0xff >> (size + 1))
  for (let offset = 1; offset < size; offset++) {
    const next = bytes[at + offset] ?? 0
    if (next < lowestBehind(lead, offset) || next > highestBehind(lead, offset))
      return { codePoint: replacement, length: offset }
    codePoint = (codePoint << 6) | (next & 0x3f)
  }
  return { codePoint, length: size }
}

/** Overlong forms, surrogates and code points beyond U+10FFFF show in the second byte. */
function lowestBehind(lead: number, offset: number): number {
  if (offset > 1) return 0x80
  return lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
}

function highestBehind(lead: number, offset: number): number {
  if (offset > 1) return 0xbf
  return lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
}

/** Upper-case hexadecimal of the UTF-8 bytes; half a surrogate pair is U+FFFD. */
export function utf8Hex(text: string): string {
  let hex = ''
  for (const character of text.toWellFormed()) {
    for (const byte of utf8Bytes(character.codePointAt(0) ?? 0)) hex += byte.toString(16).toUpperCase().padStart(2, '0')
  }
  return hex
}

function utf8Bytes(codePoint: number): readonly number[] {
  if (codePoint < 0x80) return [codePoint]
  const last = 0x80 | (codePoint & 0x3f)
  if (codePoint < 0x800) return [0xc0 | (codePoint >> 6), last]
  const third = 0x80 | ((codePoint >> 6) & 0x3f)
  if (codePoint < 0x10000) return [0xe0 | (codePoint >> 12), third, last]
  return [0xf0 | (codePoint >> 18), 0x80 | ((codePoint >> 12) & 0x3f), third, last]
}
