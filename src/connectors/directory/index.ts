/*
 * Muster's own directory as a source: the change feed is the order of change numbers, the watermark the last one read.
 */
import { ConnectorError, type AssignmentPath, type ObjectTypeName, type SourceObject } from '../../vocabulary/index.ts'
import type { DirectoryObject, DirectoryReads } from '../../store/store.ts'
import type { SourceConnector } from '../source.ts'
import { toSourceObject } from './source-object.ts'

export { plainUserPrincipalName } from './source-object.ts'

export interface DirectorySourceOptions {
  readonly directory: DirectoryReads
  /** The application whose assignments count. */
  readonly servicePrincipalId: string
}

function readWatermark(watermark: string | null): number {
  if (watermark === null) return 0
  const position = Number(watermark)
  if (Number.isSafeInteger(position) && position >= 0) return position
  throw new ConnectorError(
    `The watermark "${watermark}" is not a position of this directory's change feed. Restart the job, so that everything is read again.`,
    { code: 'InternalError', scope: 'job', retry: 'never' },
  )
}

/** Only security groups count when they are assigned (spec 3.1); a directory that knows no such flag has no others. */
const isNoSecurityGroup = ({ objectType, attributes }: DirectoryObject): boolean =>
  objectType === 'Group' && attributes['securityEnabled'] === false

export function createDirectorySource(options: DirectorySourceOptions): SourceConnector {
  const { directory, servicePrincipalId } = options

  async function complete(rows: readonly DirectoryObject[]): Promise<readonly SourceObject[]> {
    const ids = rows.map((row) => row.objectId)
    const groupIds = rows.filter((row) => row.objectType === 'Group').map((row) => row.objectId)
    const members = await directory.members(groupIds)
    const paths = await directory.assignmentPaths(servicePrincipalId, ids)
    const through = [...new Set([...paths.values()].flat().flatMap((path) => path.groupId ?? []))]
    const notSecure = new Set(
      [...rows, ...(await directory.objects(through))].filter(isNoSecurityGroup).map((group) => group.objectId),
    )
    const counting = (objectId: string): readonly AssignmentPath[] =>
      (paths.get(objectId) ?? []).filter((path) => !notSecure.has(path.groupId ?? objectId))
    return rows.map((row) => toSourceObject(row, members.get(row.objectId) ?? [], counting(row.objectId)))
  }

  async function readObjects(objectType: ObjectTypeName, anchors: readonly string[]): Promise<readonly SourceObject[]> {
    const rows = await directory.objects(anchors)
    return await complete(rows.filter((row) => row.objectType === objectType))
  }

  const source: SourceConnector = {
    describe: () => ({
      name: 'Muster directory',
      directoryName: 'Azure Active Directory',
      objectTypes: ['User', 'Group'],
    }),
    async checkCredentials() {
      await directory.changesWaiting(0)
    },
    async *readChanges({ watermark, pageSize }) {
      let position = readWatermark(watermark)
      const objectsKnown = (await directory.changesWaiting(position)).count
      for (;;) {
        const rows = await directory.changesAfter(position, pageSize)
        const isLast = rows.length < pageSize
        position = rows.at(-1)?.changeNumber ?? position
        yield { objects: await complete(rows), watermark: String(position), isLast, objectsKnown }
        if (isLast) return
      }
    },
    async newestWatermark() {
      return String((await directory.changesWaiting(Number.MAX_SAFE_INTEGER)).newest)
    },
    async hasChangedSince(watermark, objectType, anchor) {
      const [object] = await directory.objects([anchor])
      return object?.objectType === objectType && object.changeNumber > readWatermark(watermark)
    },
    async readObject(objectType, anchor) {
      const [object] = await readObjects(objectType, [anchor])
      return object === undefined || object.presence === 'hardDeleted' ? null : object
    },
    readObjects,
    afresh: () => source,
  }
  return source
}
