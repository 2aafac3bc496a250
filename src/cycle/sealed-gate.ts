/*
 * Lets exactly the writes of a plan through. Whatever else the cycle finds to be done is withheld, with what has moved since
 * the plan was made; what was planned and is not to be done any more is void at the end.
 */
import {
  displayNameOf,
  partsOf,
  settingsHash,
  sourceHash,
  wereTheSame,
  type ImageParts,
} from '../provisioning/index.ts'
import type { Store } from '../store/store.ts'
import type {
  BeforeImage,
  ObjectTypeName,
  PlanMoved,
  PlannedWrite,
  PlannedWriteEnd,
  PlannedWriteOutcome,
  SealedPlan,
  SourceObject,
  SynchronizationJob,
} from '../vocabulary/index.ts'
import type { Ledger } from './ledger.ts'
import type { Admission, WriteGate, Writer } from './write-gate.ts'

/** Planned writes looked at in one go at the end. */
const atOnce = 500

export interface SealedGateOptions {
  readonly store: Store
  readonly ledger: Ledger
  readonly plan: SealedPlan
  readonly job: SynchronizationJob
}

export interface SealedGate {
  readonly gate: WriteGate
  /** Says of every planned write that has had no turn why; for the end of the cycle. */
  settle(
    read: (objectType: ObjectTypeName, anchors: readonly string[]) => Promise<readonly SourceObject[]>,
    note: (ends: readonly PlannedWriteEnd[]) => Promise<void>,
  ): Promise<void>
}

const goneForGood = { presence: 'hardDeleted', attributes: {}, assignments: [] } as const

interface OpenWrite {
  readonly planned: PlannedWrite
  readonly parts: ImageParts
}

const movedText: Record<PlanMoved, string> = {
  source: 'it has changed in the directory since the plan was made',
  target: 'it has changed in the target since the plan was made',
  configuration: 'mappings, filters or settings have changed since the plan was made',
  unknown: 'the directory or the target has changed since the plan was made',
}

export function createSealedGate({ store, ledger, plan, job }: SealedGateOptions): SealedGate {
  const { planId } = plan
  const isConfigurationMoved =
    plan.schemaVersion !== job.schema.version || plan.settingsHash !== settingsHash(job.settings)
  /** Parts of planned writes that have gone out in this run, by number. */
  const gone = new Map<number, Set<string>>()

  const endOf = (
    number: number,
    outcome: PlannedWriteOutcome,
    moved: PlanMoved | null = null,
    outcomeReason: string | null = null,
  ): PlannedWriteEnd => ({ planId, number, outcome, moved, outcomeReason })

  /** Made-up anchors as they are by now; whoever is not linked keeps the made-up one, which fits nothing. */
  async function anchorsNow({ image, newcomers }: PlannedWrite): Promise<(anchor: string) => string> {
    const real = new Map<string, string>()
    for (const [madeUp, sourceAnchor] of Object.entries(newcomers)) {
      const objectType = madeUp === image.targetAnchor ? image.objectType : 'User'
      const link = (await ledger.linksBySource(objectType, [sourceAnchor])).get(sourceAnchor)
      if (link !== undefined) real.set(madeUp, link.targetAnchor)
    }
    return (anchor) => real.get(anchor) ?? anchor
  }

  const referencesOf = ({ mapping }: Writer): ReadonlySet<string> =>
    new Set([...mapping.definitions].filter(([, { type }]) => type === 'Reference').map(([name]) => name))

  async function openWrites(writer: Writer): Promise<readonly OpenWrite[]> {
    const references = referencesOf(writer)
    const planned = await store.plans.writesOf(planId, writer.source.objectType, writer.source.anchor)
    const open = planned.filter(({ outcome }) => outcome === null || outcome === 'partly')
    return await Promise.all(
      open.map(async (each) => ({ planned: each, parts: partsOf(each.image, references, await anchorsNow(each)) })),
    )
  }

  const isGone = ({ planned, parts }: OpenWrite): boolean => {
    const sent = gone.get(planned.number)
    const all = [...(parts.plain === null ? [] : [parts.plain]), ...parts.references]
    return all.every((part) => sent?.has(part) === true || (part === parts.plain && planned.outcome === 'partly'))
  }

  /** The planned writes that this one carries out, whole or in part; `null` when it is none of the plan's. */
  function carriedOut(open: readonly OpenWrite[], { plain, references }: ImageParts): readonly OpenWrite[] | null {
    const mine = new Set<OpenWrite>()
    if (plain !== null) {
      const isFree = (each: OpenWrite): boolean =>
        each.parts.plain === plain &&
        each.planned.outcome === null &&
        gone.get(each.planned.number)?.has(plain) !== true
      const found = open.find(isFree)
      if (found === undefined) return null
      mine.add(found)
    }
    for (const reference of references) {
      const found = open.find((each) => each.parts.references.includes(reference))
      if (found === undefined) return null
      mine.add(found)
    }
    return [...mine]
  }

  function whatMoved(writer: Writer, image: BeforeImage, open: readonly OpenWrite[]): PlanMoved {
    if (open.length > 0) {
      if (open.some(({ planned }) => planned.sourceHash !== sourceHash(writer.source))) return 'source'
      const isAnother = open.every(({ planned }) => planned.image.kind !== image.kind)
      const isOtherBefore = open.some(({ planned }) => !wereTheSame(planned.image, image))
      return isConfigurationMoved && !isAnother && !isOtherBefore ? 'configuration' : 'target'
    }
    return isConfigurationMoved ? 'configuration' : 'unknown'
  }

  async function admit(writer: Writer, image: BeforeImage): Promise<Admission> {
    const open = await openWrites(writer)
    const parts = partsOf(image, referencesOf(writer))
    const mine = carriedOut(open, parts)
    if (mine !== null) {
      // Used up as soon as it is on its way: nothing goes out twice.
      for (const each of mine) {
        const sent = gone.get(each.planned.number) ?? new Set<string>()
        gone.set(each.planned.number, sent)
        if (parts.plain === each.parts.plain && parts.plain !== null) sent.add(parts.plain)
        for (const reference of parts.references) if (each.parts.references.includes(reference)) sent.add(reference)
      }
      return {
        kind: 'admitted',
        ended(end) {
          if (end.kind === 'refused')
            return mine.map(({ planned }) => endOf(planned.number, 'failed', null, end.reason))
          return mine.map((each) => endOf(each.planned.number, isGone(each) ? 'done' : 'partly'))
        },
      }
    }
    const moved = whatMoved(writer, image, open)
    const what = open.length === 0 ? 'the plan has nothing of the kind for it' : 'the plan has something else for it'
    const because = `${image.objectType} '${displayNameOf(writer.source)}': ${image.kind} withheld, because ${what}: ${movedText[moved]}. The next cycle takes it as it is then.`
    // What is half done stays so; its end says what was left.
    const untouched = open.filter(({ planned }) => planned.outcome === null)
    return {
      kind: 'withheld',
      moved,
      because,
      ends: untouched.map(({ planned }) => endOf(planned.number, 'void', moved, `Not sent: ${movedText[moved]}.`)),
    }
  }

  /** It had no turn: there was nothing to do for it any more, or its object did not come. */
  function unmetEnd(
    planned: PlannedWrite,
    source: SourceObject | undefined,
    link: { readonly known: Readonly<Record<string, unknown>> } | undefined,
  ): PlannedWriteEnd {
    const { number, image, outcome } = planned
    if (outcome === 'partly')
      return endOf(number, 'done', null, 'Some of its references wait for somebody who has no account yet.')
    if (planned.sourceHash !== null && sourceHash(source ?? goneForGood) !== planned.sourceHash)
      return endOf(number, 'void', 'source', `Not sent: ${movedText.source}.`)
    const isSo =
      image.kind === 'create' ? link !== undefined : image.kind === 'delete' ? link === undefined : holds(image, link)
    if (isSo) return endOf(number, 'done', null, 'Nothing was left to send: it is so already.')
    const moved = isConfigurationMoved ? 'configuration' : 'target'
    return endOf(number, 'void', moved, `Not sent: ${movedText[moved]}.`)
  }

  return {
    gate: {
      now: plan.createdAt,
      allowsRemovals: plan.state === 'applied',
      admit: (writer, _write, image) => admit(writer, image),
    },
    async settle(read, note) {
      for (let after = 0; ;) {
        const { writes } = await store.plans.writes(planId, { after, limit: atOnce, outcome: 'open' })
        const last = writes.at(-1)
        if (last === undefined) return
        after = last.number
        const ends: PlannedWriteEnd[] = []
        for (const objectType of ['User', 'Group'] as const) {
          const ofType = writes.filter(({ image }) => image.objectType === objectType)
          if (ofType.length === 0) continue
          const anchors = [...new Set(ofType.map(({ image }) => image.sourceAnchor))]
          const sources = new Map((await read(objectType, anchors)).map((each) => [each.anchor, each]))
          const links = await ledger.linksBySource(objectType, anchors)
          for (const each of ofType)
            ends.push(unmetEnd(each, sources.get(each.image.sourceAnchor), links.get(each.image.sourceAnchor)))
        }
        await note(ends)
      }
    },
  }
}

const holds = (
  { after, membersAdded, membersRemoved }: BeforeImage,
  link: { readonly known: Readonly<Record<string, unknown>> } | undefined,
): boolean =>
  link !== undefined &&
  membersAdded.length + membersRemoved.length === 0 &&
  Object.entries(after).every(([name, value]) => JSON.stringify(link.known[name] ?? null) === JSON.stringify(value))
