/*
 * Names a schema's version after what it says (docs/decisions/0012): the same schema has the same version whenever it is
 * saved, so that a document put back from Git is the same bytes again.
 */
import type { SynchronizationSchema } from '../vocabulary/index.ts'
import { writeSchema } from './read-schema.ts'

/** The schema of this job, with the version its content has. */
export function withVersion(schema: SynchronizationSchema, jobId: string): SynchronizationSchema {
  return { ...schema, id: jobId, version: fingerprint(writeSchema({ ...schema, id: '', version: '' })) }
}

/** Two FNV-1a hashes beside each other: enough to tell versions apart, and no secret depends on it. */
export function fingerprint(text: string): string {
  let [one, other] = [0x811c9dc5, 0x01000193]
  for (let at = 0; at < text.length; at++) {
    one = Math.imul(one ^ text.charCodeAt(at), 0x01000193)
    other = Math.imul(other ^ text.charCodeAt(text.length - 1 - at), 0x01000193)
  }
  return [one, other].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('')
}
