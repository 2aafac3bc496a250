/* Directory objects as lists show them, and finding the one that a name means. */
import type { DirectoryObject, DirectoryReads } from '../../store/store.ts'
import type { DirectoryEntry, ObjectTypeName } from '../../vocabulary/index.ts'
import { ApiProblem } from '../problems.ts'

export function directoryEntry(
  object: Pick<DirectoryObject, 'objectId' | 'objectType' | 'presence' | 'attributes'>,
): DirectoryEntry {
  const { displayName, userPrincipalName } = object.attributes
  return {
    objectId: object.objectId,
    objectType: object.objectType,
    presence: object.presence,
    displayName: typeof displayName === 'string' ? displayName : object.objectId,
    userPrincipalName: typeof userPrincipalName === 'string' ? userPrincipalName : null,
  }
}

/** Candidates offered when a name is not unique. */
const candidatesMax = 20

/** The one object a name means; 404 when there is none, 409 with the candidates when there are several. */
export async function objectNamed(
  directory: DirectoryReads,
  name: string,
  objectType?: ObjectTypeName,
): Promise<DirectoryObject> {
  const exact = (await directory.lookUp(name)).filter(
    (object) => objectType === undefined || object.objectType === objectType,
  )
  const [only, second] = exact
  if (only !== undefined && (second === undefined || only.objectId === name)) return only
  const similar =
    only === undefined
      ? await directory.search({
          text: name,
          limit: candidatesMax,
          offset: 0,
          ...(objectType === undefined ? {} : { objectType }),
        })
      : { objects: exact.slice(0, candidatesMax), total: exact.length }
  const [single] = similar.objects
  if (only === undefined && similar.total === 1 && single !== undefined) return single
  const what = objectType === undefined ? 'person or group' : objectType === 'User' ? 'person' : 'group'
  if (similar.total === 0) {
    throw new ApiProblem(
      404,
      'itemNotFound',
      `No ${what} in the directory has "${name}" in a name, an address or as its id.`,
    )
  }
  throw new ApiProblem(
    409,
    'nameNotUnique',
    `"${name}" fits ${String(similar.total)} objects. Name one by its address or id.`,
    {
      matches: similar.objects.map(directoryEntry),
      total: similar.total,
    },
  )
}
