/* ES256 signatures are two numbers side by side (RFC 7518 section 3.4); Go's crypto writes them in DER, and Terraform sends that. */

const numberBytes = 32

/** The same JWT with its signature in the form of RFC 7518; what is no DER signature stays as it is. */
export function rawSignature(jwt: string): string {
  const parts = jwt.split('.')
  const [header, payload, signature = ''] = parts
  if (parts.length !== 3) return jwt
  const raw = fromDer(Buffer.from(signature, 'base64url'))
  return raw === null ? jwt : `${header ?? ''}.${payload ?? ''}.${raw.toString('base64url')}`
}

/** `SEQUENCE { r INTEGER, s INTEGER }` of two numbers of at most 32 bytes: every length fits one byte (X.690 section 8). */
function fromDer(der: Buffer): Buffer | null {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null
  const r = integerAt(der, 2)
  const s = r === null ? null : integerAt(der, r.end)
  if (r === null || s?.end !== der.length) return null
  return Buffer.concat([r.bytes, s.bytes])
}

function integerAt(der: Buffer, at: number): { readonly bytes: Buffer; readonly end: number } | null {
  const length = der[at + 1]
  if (der[at] !== 0x02 || length === undefined || length === 0 || at + 2 + length > der.length) return null
  const end = at + 2 + length
  const digits = der.subarray(at + 2, end)
  // A zero in front says that the number is positive.
  const magnitude = digits[0] === 0 ? digits.subarray(1) : digits
  if (magnitude.length > numberBytes) return null
  return { bytes: Buffer.concat([Buffer.alloc(numberBytes - magnitude.length), magnitude]), end }
}
