/*
 * Changes the members of a group in as few calls as the target allows. One member it refuses makes the whole call fail, so a
 * refused call is split until the culprits stand alone; they are left out and named (slack.md 5.2, `no_such_group_members`).
 */
import { ConnectorError } from '../../vocabulary/index.ts'
import type { MemberChanges, ScimDialect } from './dialect.ts'
import type { ScimClient } from './scim-client.ts'

export interface MembersOutcome {
  /** Members that could not be added. */
  readonly leftOut: readonly string[]
  readonly warnings: readonly string[]
}

interface MemberChange {
  readonly anchor: string
  readonly kind: 'add' | 'remove'
}

export async function changeMembers(
  client: ScimClient,
  dialect: ScimDialect,
  groupAnchor: string,
  wanted: MemberChanges,
): Promise<MembersOutcome> {
  const leftOut: string[] = []
  const warnings: string[] = []
  const path = `/Groups/${encodeURIComponent(groupAnchor)}`

  async function send(changes: readonly MemberChange[]): Promise<void> {
    if (changes.length === 0) return
    const body = dialect.membersBody({ add: anchorsOf(changes, 'add'), remove: anchorsOf(changes, 'remove') })
    try {
      await client.request({ endpoint: 'updateGroup', method: 'PATCH', path, body })
      return
    } catch (error) {
      if (!(error instanceof ConnectorError) || !dialect.memberRefusals.has(error.targetErrorName ?? '')) throw error
      const [only] = changes
      if (changes.length === 1 && only !== undefined) {
        leaveOut(only, error)
        return
      }
      const named = changes.filter((change) => mentions(error, change.anchor))
      if (named.length > 0 && named.length < changes.length) {
        for (const change of named) leaveOut(change, error)
        await send(changes.filter((change) => !named.includes(change)))
        return
      }
    }
    const middle = Math.ceil(changes.length / 2)
    await send(changes.slice(0, middle))
    await send(changes.slice(middle))
  }

  function leaveOut(change: MemberChange, error: ConnectorError): void {
    // Whom the target does not know cannot be in the group, so there is nothing to remove.
    if (change.kind === 'remove') return
    leftOut.push(change.anchor)
    warnings.push(
      `${dialect.targetName} refuses ${change.anchor} as a member (${error.targetErrorName ?? error.code}), ` +
        'so it was left out of the group; the other members are in.',
    )
  }

  // Removals first: a full group has room again before anybody is added.
  const changes: readonly MemberChange[] = [
    ...[...new Set(wanted.remove)].map((anchor) => ({ anchor, kind: 'remove' }) as const),
    ...[...new Set(wanted.add)].map((anchor) => ({ anchor, kind: 'add' }) as const),
  ]
  const size = dialect.capabilities.membersPerWriteMax
  for (let start = 0; start < changes.length; start += size) await send(changes.slice(start, start + size))
  return { leftOut, warnings }
}

function anchorsOf(changes: readonly MemberChange[], kind: MemberChange['kind']): readonly string[] {
  return changes.filter((change) => change.kind === kind).map((change) => change.anchor)
}

/** Slack may name the member in brackets, as in `no_such_group_members (user=U0123)` (slack.md 5.1). */
function mentions(error: ConnectorError, anchor: string): boolean {
  const body = error.exchange?.body ?? ''
  const at = body.indexOf(anchor)
  return at >= 0 && !/\w/.test(body.charAt(at + anchor.length))
}
