/*
 * Who owns an application from the beginning: whoever makes it without being allowed to manage all of them, or it could not go
 * on with what it made (Microsoft's description of Application.ReadWrite.OwnedBy).
 */
import type { Asker } from './asker.ts'

export async function creatorAsOwner(asker: Asker): Promise<readonly string[]> {
  const { caller } = asker
  if (!('objectId' in caller)) return []
  const missing = await asker.missing(['microsoft.directory/servicePrincipals/basic/update'], 'everything')
  return missing.length === 0 ? [] : [caller.objectId]
}
