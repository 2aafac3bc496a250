/*
 * Runs another schema over everybody in the directory, beside the one that is in force. Reads the source and what Muster
 * remembers; the target is never asked. Page by page, so that the service goes on answering meanwhile.
 */
import { setImmediate } from 'node:timers/promises'
import type { SourceConnector } from '../connectors/source.ts'
import type { TargetConnector } from '../connectors/target.ts'
import { compileSchema, createPopulationDiff } from '../provisioning/index.ts'
import type { Store } from '../store/store.ts'
import type {
  Link,
  PopulationDiffLine,
  SourceObject,
  SynchronizationJob,
  SynchronizationSchema,
} from '../vocabulary/index.ts'
import { everyObject, readPage } from './every-object.ts'
import { createCompute } from './give-way.ts'

/** What a target says of itself without being asked over the network. */
export type TargetFacts = Pick<TargetConnector, 'describe' | 'asStored'>

export interface PopulationDiffPorts {
  readonly store: Store
  readonly source: SourceConnector
  readonly target: TargetFacts
  readonly now: number
}

export interface PopulationDiffRequest {
  readonly job: SynchronizationJob
  /** The schema to compare with the job's own. */
  readonly schema: SynchronizationSchema
  readonly examplesMax: number
}

/** Lines of progress, then the result. */
export async function* diffPopulation(
  { store, source, target, now }: PopulationDiffPorts,
  { job, schema, examplesMax }: PopulationDiffRequest,
): AsyncGenerator<PopulationDiffLine> {
  const { softDelete, writeOnly } = target.describe().capabilities
  const fold = createPopulationDiff({
    before: compileSchema(job.schema),
    after: compileSchema(schema),
    settings: job.settings,
    rules: { asStored: target.asStored, softDelete, writeOnly },
    now,
    examplesMax,
  })

  const compute = createCompute()

  async function eachOf(
    objects: readonly SourceObject[],
    work: (object: SourceObject, link: Link | undefined) => void,
  ): Promise<void> {
    for (const objectType of ['User', 'Group'] as const) {
      const ofType = objects.filter((object) => object.objectType === objectType)
      if (ofType.length === 0) continue
      const anchors = ofType.map((object) => object.anchor)
      const links = await store.provisioning.linksBySource(job.jobId, objectType, anchors)
      for (const object of ofType) await compute(() => work(object, links.get(object.anchor)))
    }
  }

  const positions: (string | null)[] = []
  for await (const { objects, position, done, known } of everyObject(source)) {
    const page = positions.push(position) - 1
    await eachOf(objects, (object, link) => fold.add(object, link, page))
    yield { type: 'progress', done, known }
  }
  // The names that go with shared values: whoever had one first was not known to share it.
  for (const page of fold.pagesToName()) {
    await eachOf(await readPage(source, positions[page] ?? null), fold.name)
    await setImmediate()
  }
  yield { type: 'diff', diff: fold.result() }
}
