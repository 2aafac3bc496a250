/* The directory as a source on a bad day: it breaks off, repeats itself, or gives less than there is. */
import type { SourceConnector } from '../../src/connectors/source.ts'
import { ConnectorError, type ObjectTypeName, type SourceObject } from '../../src/vocabulary/index.ts'
import type { SourceFault } from './history.ts'
import type { Luck } from './luck.ts'

const broken = (): ConnectorError =>
  new ConnectorError('The source broke off.', { code: 'WebExceptionProtocolError', scope: 'job', retry: 'nextCycle' })

export interface UnluckySourceOptions {
  readonly source: SourceConnector
  readonly luck: () => Luck
  /** Changes were left out that only a look at everybody brings back. */
  readonly owes: () => void
  readonly tell: (words: string) => void
}

export function unluckySource({ source, luck, owes, tell }: UnluckySourceOptions): SourceConnector {
  function take(...kinds: readonly SourceFault['kind'][]): SourceFault['kind'] | undefined {
    const kind = luck().take('source', ({ fault }) => kinds.includes(fault.kind))?.fault.kind
    if (kind !== undefined) tell(`the source suffers: ${kind}`)
    return kind
  }

  async function readObjects(objectType: ObjectTypeName, anchors: readonly string[]): Promise<readonly SourceObject[]> {
    const kind = take('fails', 'shortAnswer', 'emptyAnswer')
    if (kind === 'fails') throw broken()
    if (kind === 'emptyAnswer') return []
    const objects = await source.readObjects(objectType, anchors)
    return kind === 'shortAnswer' ? objects.filter((_object, index) => index % 2 === 1) : objects
  }

  const unlucky: SourceConnector = {
    ...source,
    afresh: () => unlucky,
    async *readChanges(request) {
      for await (const page of source.readChanges(request)) {
        const kind = take('breaksOff', 'endsEarly', 'repeatedPage', 'shortPage', 'emptyFeed')
        if (kind === 'breaksOff') throw broken()
        if (kind === 'endsEarly') return
        if (kind === 'shortPage' || kind === 'emptyFeed') {
          owes()
          const objects = kind === 'emptyFeed' ? [] : page.objects.filter((_object, index) => index % 2 === 1)
          yield { ...page, objects, isLast: kind === 'emptyFeed' || page.isLast }
          if (kind === 'emptyFeed') return
          continue
        }
        yield page
        if (kind === 'repeatedPage') yield page
      }
    },
    async readObject(objectType, anchor) {
      if (take('fails') !== undefined) throw broken()
      return await source.readObject(objectType, anchor)
    },
    readObjects,
  }
  return unlucky
}
