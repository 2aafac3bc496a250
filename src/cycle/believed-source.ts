/*
 * What the engine believes of a source: a feed is whole when its last page says so, and whatever breaks a reading off is
 * the source's, not the target's (spec 9.1, `IngestionInterrupted`). A short reading never takes anybody out of scope.
 */
import type { SourceConnector } from '../connectors/source.ts'
import { ConnectorError } from '../vocabulary/index.ts'

/** The source could not be read to its end. */
export class IngestionError extends ConnectorError {}

function asIngestionError(error: unknown): IngestionError {
  if (error instanceof IngestionError) return error
  const message = error instanceof Error ? error.message : String(error)
  return error instanceof ConnectorError
    ? new IngestionError(message, { code: error.code, scope: 'job', retry: error.retry, cause: error })
    : new IngestionError(message, { code: 'InternalError', scope: 'job', retry: 'nextCycle', cause: error })
}

async function reading<Result>(work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (error) {
    throw asIngestionError(error)
  }
}

export function believedSource(source: SourceConnector): SourceConnector {
  return {
    describe: () => source.describe(),
    afresh: () => believedSource(source.afresh()),
    checkCredentials: () => reading(source.checkCredentials()),
    newestWatermark: () => reading(source.newestWatermark()),
    hasChangedSince: (watermark, objectType, anchor) => reading(source.hasChangedSince(watermark, objectType, anchor)),
    readObject: (objectType, anchor) => reading(source.readObject(objectType, anchor)),
    readObjects: (objectType, anchors) => reading(source.readObjects(objectType, anchors)),
    async *readChanges(request) {
      let isWhole = false
      try {
        for await (const page of source.readChanges(request)) {
          isWhole = page.isLast
          yield page
        }
      } catch (error) {
        throw asIngestionError(error)
      }
      if (isWhole) return
      throw new IngestionError(
        'The source ended its feed before the last page, as if nobody came after. Nothing is concluded from that; it is read again from the last saved page.',
        { code: 'WebExceptionProtocolError', scope: 'job', retry: 'nextCycle' },
      )
    },
  }
}
