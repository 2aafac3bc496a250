/* A source that answers short, empty or not at all when a test says so; in between it is the one it stands before. */
import type { SourceConnector } from '../../src/connectors/source.ts'
import type { ConnectorError } from '../../src/vocabulary/index.ts'

export interface SourceFaults {
  /** The feed ends after so many pages, as if nobody came after. */
  cutAfterPages?: number
  /** The feed throws after so many pages. */
  breakAfterPages?: { readonly pages: number; readonly error: ConnectorError }
  /** The feed gives one page with nobody in it, and says it is the last. */
  emptyFeed?: true
  /** Answers to look-ups leave these out. */
  leavesOut?: (anchor: string) => boolean
}

export interface FaultySource {
  readonly source: (plain: SourceConnector) => SourceConnector
  /** Faults from now on; without any it is well again. */
  set(faults: SourceFaults): void
}

export function aFaultySource(): FaultySource {
  let faults: SourceFaults = {}
  return {
    set: (next) => void (faults = next),
    source: (plain) => {
      const source: SourceConnector = {
        ...plain,
        afresh: () => source,
        async *readChanges(request) {
          if (faults.emptyFeed === true) {
            const watermark = request.watermark ?? '0'
            yield { objects: [], watermark, isLast: true, objectsKnown: 0 }
            return
          }
          let pages = 0
          for await (const page of plain.readChanges(request)) {
            if (faults.breakAfterPages !== undefined && pages >= faults.breakAfterPages.pages)
              throw faults.breakAfterPages.error
            if (pages >= (faults.cutAfterPages ?? Number.MAX_SAFE_INTEGER)) return
            pages += 1
            yield page
          }
        },
        readObjects: async (objectType, anchors) =>
          (await plain.readObjects(objectType, anchors)).filter((each) => faults.leavesOut?.(each.anchor) !== true),
      }
      return source
    },
  }
}
