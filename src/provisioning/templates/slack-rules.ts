/*
 * What a target accepts of a mapping, whatever the schema says of it: Slack's rules (spec section 18).
 */
import type { ObjectTypeName } from '../../vocabulary/index.ts'
import { slackDirectoryName } from './slack.ts'

export interface ValueRule {
  /** What is wrong with the value, or null. */
  readonly refuse: (value: string) => string | null
}

export interface TargetRules {
  /** Attributes the target can look objects up by; null when that is not known. */
  readonly filterable: Readonly<Record<ObjectTypeName, readonly string[]>> | null
  /** Without a mapping of these nothing can be created, also when the schema's definitions do not say so. */
  readonly required: Readonly<Record<ObjectTypeName, readonly string[]>>
  /** Values Slack would refuse or change: found before they are sent. */
  readonly values: Readonly<Record<ObjectTypeName, ReadonlyMap<string, ValueRule>>>
}

export const workEmailAttribute = 'emails[type eq "work"].value'

const slackRules: TargetRules = {
  filterable: { User: [workEmailAttribute, 'userName'], Group: ['displayName'] },
  required: { User: [workEmailAttribute, 'userName'], Group: ['displayName'] },
  values: {
    User: new Map([
      [
        'displayName',
        {
          refuse: (value) =>
            value.includes('@') ? 'displayName contains "@", which Slack does not allow in a display name.' : null,
        },
      ],
    ]),
    Group: new Map(),
  },
}

const noRules: TargetRules = {
  filterable: null,
  required: { User: [], Group: [] },
  values: { User: new Map(), Group: new Map() },
}

/** The rules of a target directory, by its name in the schema. */
export function rulesOfTarget(directoryName: string): TargetRules {
  return directoryName.toLowerCase() === slackDirectoryName.toLowerCase() ? slackRules : noRules
}
