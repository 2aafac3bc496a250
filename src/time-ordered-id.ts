/*
 * Ids that grow with time (UUID version 7, RFC 9562 section 5.7), so that new log entries lie beside each other in the
 * store's indexes.
 */
import { randomUUID } from 'node:crypto'

export function timeOrderedId(now: number = Date.now()): string {
  const time = now.toString(16).padStart(12, '0')
  // A version 4 UUID is random in all the same places, and Node has some in store.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`
}
