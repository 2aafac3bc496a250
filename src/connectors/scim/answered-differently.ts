/*
 * What a target accepted but did not do: the object it answered with, compared with what was sent to it. Slack changes names
 * it dislikes and drops whole profiles without an error (slack.md 3.2 and 7), so silence is no proof.
 */
import type { TargetObject, TargetValue } from '../../vocabulary/index.ts'
import type { AttributeWrite } from '../target.ts'
import type { ScimDialect } from './dialect.ts'

/** One sentence for each attribute that was sent and reads back otherwise. */
export function differencesOf(
  dialect: ScimDialect,
  object: TargetObject,
  sent: readonly AttributeWrite[],
): readonly string[] {
  const hidden = dialect.capabilities.writeOnly[object.objectType]
  const wanted: Record<string, TargetValue> = {}
  for (const change of sent) if (change.kind === 'set') wanted[change.attribute] = change.value
  const stored = dialect.asStored(object.objectType, wanted)
  const warnings: string[] = []
  for (const { attribute } of sent) {
    const asked = stored[attribute]
    const held = object.attributes[attribute]
    if (isSame(asked, held) || hidden.includes(attribute)) continue
    const wish = asked === undefined ? 'was to be emptied' : `was sent as ${JSON.stringify(asked)}`
    const found = held === undefined ? 'left it empty' : `holds ${JSON.stringify(held)}`
    warnings.push(`${attribute} ${wish}, but ${dialect.targetName} ${found}; look at its profile settings.`)
  }
  return warnings
}

function isSame(one: TargetValue | undefined, other: TargetValue | undefined): boolean {
  return one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other))
}
