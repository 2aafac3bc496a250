/*
 * Gives an object without an object id one that stays: a name-based UUID of its key (RFC 9562 5.5), so that the same
 * person has the same id at the next import.
 */
import { createHash } from 'node:crypto'

import type { ObjectTypeName } from '../../vocabulary/index.ts'

/** The namespace of ids made here. Changing it would make every such person a stranger. */
const namespace = Buffer.from('6f1d3c0e8a5b5d0a9c47b1e2d4f60718', 'hex')

export function deriveObjectId(objectType: ObjectTypeName, key: string): string {
  const hash = createHash('sha1').update(namespace).update(`${objectType}:${key}`, 'utf8').digest()
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex', 0, 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
