/*
 * Everything the source holds, once, in pages small enough that the service answers others in between.
 */
import { setImmediate } from 'node:timers/promises'
import type { SourceConnector } from '../connectors/source.ts'
import { createHashCounts } from '../provisioning/index.ts'
import type { SourceObject } from '../vocabulary/index.ts'

export interface ObjectsPage {
  readonly objects: readonly SourceObject[]
  /** Where to read the page again. */
  readonly position: string | null
  /** Objects read so far, and how many there are as far as was known when the reading began. */
  readonly done: number
  readonly known: number
}

/** A page is worked on without a pause: this many objects take some milliseconds. */
const pageSize = 250

/** What changes while it is read comes a second time in the feed, and is left out then. */
export async function* everyObject(source: SourceConnector): AsyncGenerator<ObjectsPage> {
  const seen = createHashCounts()
  let done = 0
  let position: string | null = null
  for await (const page of source.readChanges({ watermark: null, pageSize })) {
    const objects = page.objects.filter((object) => seen.add(`${object.objectType} ${object.anchor}`, 0) === 0)
    done += objects.length
    yield { objects, position, done, known: Math.max(done, page.objectsKnown) }
    position = page.watermark
    await setImmediate()
  }
}

/** One page, once more. */
export async function readPage(source: SourceConnector, position: string | null): Promise<readonly SourceObject[]> {
  const pages = source.readChanges({ watermark: position, pageSize })[Symbol.asyncIterator]()
  try {
    const page = await pages.next()
    return page.done === true ? [] : page.value.objects
  } finally {
    await pages.return?.()
  }
}
