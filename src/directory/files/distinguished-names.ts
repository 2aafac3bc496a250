/*
 * Distinguished names (RFC 4514) as far as directories refer by them: when two spellings name the same entry, what the
 * entry itself is called, and which DNS domain it stands under.
 */

interface NamePart {
  readonly type: string
  readonly value: string
}

/** The parts from the entry up to the root, or undefined when the text is no distinguished name. */
export function readDistinguishedName(dn: string): readonly NamePart[] | undefined {
  const parts: NamePart[] = []
  for (const part of splitUnescaped(dn)) {
    const equals = part.indexOf('=')
    if (equals <= 0) return undefined
    const type = part.slice(0, equals).trim().toLowerCase()
    if (!/^([a-z][a-z0-9-]*|\d+(\.\d+)*)$/u.test(type)) return undefined
    parts.push({ type, value: unescapeValue(trimUnescaped(part.slice(equals + 1))) })
  }
  return parts.length === 0 ? undefined : parts
}

/** A spelling that is equal for equal names: types and values without case, blanks around separators gone. */
export function normalizeDistinguishedName(dn: string): string {
  const parts = readDistinguishedName(dn)
  if (parts === undefined) return dn.trim().toLowerCase()
  return parts
    .map(({ type, value }) => `${type}=${value.toLowerCase().replace(/\s+/gu, ' ').replace(/,/gu, '\\,')}`)
    .join(',')
}

/** `DC=corp,DC=example` as `corp.example`, or undefined when the name has no such parts. */
export function domainOf(dn: string): string | undefined {
  const labels = (readDistinguishedName(dn) ?? []).filter(({ type }) => type === 'dc').map(({ value }) => value)
  return labels.length === 0 ? undefined : labels.join('.')
}

function splitUnescaped(dn: string): string[] {
  const parts: string[] = []
  let start = 0
  let isQuoted = false
  for (let at = 0; at < dn.length; at += 1) {
    const character = dn[at]
    if (character === '\\') at += 1
    else if (character === '"') isQuoted = !isQuoted
    else if ((character === ',' || character === ';') && !isQuoted) {
      parts.push(dn.slice(start, at))
      start = at + 1
    }
  }
  parts.push(dn.slice(start))
  return parts
}

function trimUnescaped(value: string): string {
  const text = value.trimStart()
  const trimmed = text.trimEnd()
  return trimmed.endsWith('\\') && trimmed.length < text.length ? `${trimmed} ` : trimmed
}

/** Undoes `\,` and `\C3\A4`: the hexadecimal pairs are UTF-8 bytes. */
function unescapeValue(value: string): string {
  const unquoted = /^"(.*)"$/su.exec(value)?.[1] ?? value
  if (!unquoted.includes('\\')) return unquoted
  return unquoted.replace(
    /((?:\\[0-9a-f]{2})+)|\\(.)/giu,
    (_, hex: string | undefined, character: string | undefined) =>
      hex === undefined ? (character ?? '') : Buffer.from(hex.replaceAll('\\', ''), 'hex').toString('utf8'),
  )
}
