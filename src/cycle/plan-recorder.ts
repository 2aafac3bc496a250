/*
 * Writes a plan down while it is made: every write that the cycle would send, with its before-image and its reason. They are
 * put into the store in portions, so that a plan may be larger than the memory.
 */
import { createPlanSum, sourceHash } from '../provisioning/index.ts'
import type { BeforeImage, PlanCounts, PlannedWrite, TargetValue, TargetWrite } from '../vocabulary/index.ts'
import type { WriteGate, Writer } from './write-gate.ts'

/** Writes stored in one transaction. */
const portion = 200

export interface PlanRecorder {
  readonly gate: WriteGate
  /** What is not stored yet; then nothing is left. */
  rest(): readonly PlannedWrite[]
  counts(): PlanCounts
  contentHash(): string
}

function whyWritten({ scope }: Writer, { kind, after, membersAdded, membersRemoved }: BeforeImage): string {
  if (kind === 'disable' || kind === 'delete') return scope.why
  if (kind === 'create') {
    const through = scope.paths.find((path) => path.kind === 'group')?.groupDisplayName
    return through === undefined ? 'In scope, and nobody in the target matches.' : `In scope through ${through}.`
  }
  const names = Object.keys(after)
  const members = [
    ...(membersAdded.length > 0 ? [`${String(membersAdded.length)} put in`] : []),
    ...(membersRemoved.length > 0 ? [`${String(membersRemoved.length)} taken out`] : []),
  ]
  return [
    ...(names.length > 0 ? [`Differs in ${names.join(', ')}.`] : []),
    ...(members.length > 0 ? [`Members: ${members.join(', ')}.`] : []),
  ].join(' ')
}

/** All anchors that an image speaks of. */
function anchorsIn(image: BeforeImage): readonly string[] {
  const values = Object.values(image.after).flatMap((value: TargetValue | null) =>
    typeof value === 'string' ? [value] : typeof value === 'object' && value !== null ? value : [],
  )
  return [image.targetAnchor ?? '', ...values, ...image.membersAdded, ...image.membersRemoved]
}

const withoutKnown = (write: TargetWrite): TargetWrite => (write.kind === 'update' ? { ...write, known: {} } : write)

export function createPlanRecorder(options: {
  readonly now: number
  readonly store: (writes: readonly PlannedWrite[]) => Promise<void>
}): PlanRecorder {
  const sum = createPlanSum()
  /** Source anchors of those who do not exist yet, by the anchor they were given for now. */
  const made = new Map<string, string>()
  let waiting: PlannedWrite[] = []
  let count = 0

  async function note(write: PlannedWrite): Promise<void> {
    sum.add(write)
    waiting.push(write)
    if (waiting.length < portion) return
    const full = waiting
    waiting = []
    await options.store(full)
  }

  const gate: WriteGate = {
    now: options.now,
    allowsRemovals: true,
    async admit(writer, write, image) {
      count += 1
      const newcomers = Object.fromEntries(
        anchorsIn(image).flatMap((anchor) => {
          const sourceAnchor = made.get(anchor)
          return sourceAnchor === undefined ? [] : [[anchor, sourceAnchor]]
        }),
      )
      const { redacted } = writer.mapping
      await note({
        number: count,
        image,
        write: withoutKnown(write),
        reason: whyWritten(writer, image),
        sourceHash: sourceHash(writer.source),
        newcomers,
        redacted: Object.keys(image.after).filter((name) => redacted.target.has(name)),
        outcome: null,
        moved: null,
        outcomeReason: null,
      })
      return {
        kind: 'admitted',
        ended(end) {
          if (end.kind === 'done' && write.kind === 'create') made.set(end.receipt.anchor, writer.source.anchor)
          return []
        },
      }
    },
  }

  return {
    gate,
    rest() {
      const rest = waiting
      waiting = []
      return rest
    },
    counts: sum.counts,
    contentHash: sum.contentHash,
  }
}
