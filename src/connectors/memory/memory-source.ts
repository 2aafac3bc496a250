/*
 * A source directory in memory: objects, their assignments and a numbered change feed that can be broken off on purpose.
 * Every change gets the next number; a watermark is the number after which to go on reading.
 */
import type { AssignmentPath, ObjectTypeName, SourceAttributes, SourceObject } from '../../vocabulary/index.ts'
import { ConnectorError } from '../../vocabulary/index.ts'
import type { ChangePage, ReadChangesRequest, SourceConnector } from '../source.ts'

export interface MemorySourceOptions {
  readonly name?: string
  readonly directoryName?: string
  readonly objects?: readonly SourceObject[]
}

export interface MemorySource extends SourceConnector {
  /** Adds an object or replaces it whole; it becomes the newest change. */
  put(object: SourceObject): void
  /** Changes some attributes of an object; `null` makes one absent. */
  change(objectType: ObjectTypeName, anchor: string, attributes: SourceAttributes): void
  /** Replaces the ways by which an object is assigned. */
  assign(objectType: ObjectTypeName, anchor: string, assignments: readonly AssignmentPath[]): void
  softDelete(objectType: ObjectTypeName, anchor: string): void
  restore(objectType: ObjectTypeName, anchor: string): void
  /** The feed reports the deletion once more; `readObject` no longer knows the object. */
  hardDelete(objectType: ObjectTypeName, anchor: string): void
  objects(objectType: ObjectTypeName): readonly SourceObject[]
  /** The next reading of the feed throws after this many pages. */
  breakOffAfterPages(pages: number, error?: ConnectorError): void
  /** Every `checkCredentials` throws this until `null` is set. */
  refuseCredentials(error: ConnectorError | null): void
}

interface NumberedObject {
  readonly number: number
  readonly object: SourceObject
}

/** Creates a source whose feed begins with `objects`, in their order. */
export function createMemorySource(options: MemorySourceOptions = {}): MemorySource {
  // Re-inserting on every change keeps the map in the order of the change numbers.
  const numbered = new Map<string, NumberedObject>()
  let lastNumber = 0
  let breakOff: { readonly afterPages: number; readonly error: ConnectorError } | null = null
  let refusal: ConnectorError | null = null

  function put(object: SourceObject): void {
    const key = keyOf(object.objectType, object.anchor)
    lastNumber += 1
    numbered.delete(key)
    numbered.set(key, { number: lastNumber, object })
  }

  function known(objectType: ObjectTypeName, anchor: string): SourceObject {
    const entry = numbered.get(keyOf(objectType, anchor))
    if (entry === undefined || entry.object.presence === 'hardDeleted') {
      throw new RangeError(`The memory source has no ${objectType} ${anchor}, so it cannot be changed; put it first.`)
    }
    return entry.object
  }

  function readNow(objectType: ObjectTypeName, anchor: string): SourceObject | null {
    const entry = numbered.get(keyOf(objectType, anchor))
    return entry === undefined || entry.object.presence === 'hardDeleted' ? null : entry.object
  }

  async function* readChanges(request: ReadChangesRequest): AsyncIterable<ChangePage> {
    const after = request.watermark === null ? 0 : numberOf(request.watermark)
    // What changes while the feed is read gets a number above `until` and is reported by the next reading.
    const until = lastNumber
    const brokenBy = breakOff
    breakOff = null
    const changed: NumberedObject[] = []
    for (const entry of numbered.values()) {
      if (entry.number <= after) continue
      // An initial reading reports what exists; somebody deleted for good does not (source.ts, `watermark: null`).
      if (request.watermark === null && entry.object.presence === 'hardDeleted') continue
      changed.push(entry)
    }
    const pageCount = Math.max(1, Math.ceil(changed.length / request.pageSize))
    for (let page = 0; page < pageCount; page += 1) {
      if (brokenBy !== null && page >= brokenBy.afterPages) throw brokenBy.error
      const entries = changed.slice(page * request.pageSize, (page + 1) * request.pageSize)
      const isLast = page === pageCount - 1
      await Promise.resolve()
      yield {
        objects: entries.map((entry) => entry.object),
        watermark: watermarkOf(isLast ? until : (entries.at(-1)?.number ?? until)),
        isLast,
        objectsKnown: changed.length,
      }
    }
    if (brokenBy !== null && brokenBy.afterPages >= pageCount) breakOff = brokenBy
  }

  for (const object of options.objects ?? []) put(object)

  const source: MemorySource = {
    describe: () => ({
      name: options.name ?? 'memory source',
      directoryName: options.directoryName ?? 'Memory directory',
      objectTypes: ['User', 'Group'],
    }),
    checkCredentials: async () => {
      await Promise.resolve()
      if (refusal !== null) throw refusal
    },
    readChanges,
    newestWatermark: () => Promise.resolve(watermarkOf(lastNumber)),
    hasChangedSince: async (watermark, objectType, anchor) => {
      await Promise.resolve()
      return (numbered.get(keyOf(objectType, anchor))?.number ?? 0) > numberOf(watermark)
    },
    readObject: async (objectType, anchor) => {
      await Promise.resolve()
      return readNow(objectType, anchor)
    },
    readObjects: async (objectType, anchors) => {
      await Promise.resolve()
      return anchors.flatMap((anchor) => numbered.get(keyOf(objectType, anchor))?.object ?? [])
    },
    put,
    change: (objectType, anchor, attributes) => {
      const object = known(objectType, anchor)
      put({ ...object, attributes: { ...object.attributes, ...attributes } })
    },
    assign: (objectType, anchor, assignments) => put({ ...known(objectType, anchor), assignments }),
    softDelete: (objectType, anchor) => put({ ...known(objectType, anchor), presence: 'softDeleted' }),
    restore: (objectType, anchor) => put({ ...known(objectType, anchor), presence: 'present' }),
    hardDelete: (objectType, anchor) => put({ ...known(objectType, anchor), presence: 'hardDeleted' }),
    objects: (objectType) =>
      [...numbered.values()]
        .map((entry) => entry.object)
        .filter((object) => object.objectType === objectType && object.presence !== 'hardDeleted'),
    breakOffAfterPages: (pages, error) => {
      breakOff = {
        afterPages: pages,
        error:
          error ??
          new ConnectorError(`The change feed broke off after ${pages} pages; read it again from the last watermark.`, {
            code: 'WebExceptionProtocolError',
            scope: 'job',
            retry: 'nextCycle',
          }),
      }
    },
    refuseCredentials: (error) => {
      refusal = error
    },
    afresh: () => source,
  }
  return source
}

function keyOf(objectType: ObjectTypeName, anchor: string): string {
  return `${objectType} ${anchor}`
}

function watermarkOf(number: number): string {
  return `memory-${number}`
}

function numberOf(watermark: string): number {
  const number = /^memory-(\d+)$/.exec(watermark)?.[1]
  if (number === undefined) {
    throw new ConnectorError(
      `The watermark "${watermark}" was not issued by this source, so it cannot be read from; begin an initial cycle.`,
      { code: 'InternalError', scope: 'job', retry: 'never' },
    )
  }
  return Number(number)
}
