/*
 * Everything a person can set on the workspace page: settings of an administrator (slack.md section 7) and the knobs of
 * inferred behaviour (10.2), each with its meaning and what is known about it.
 */
import type { Knobs } from '../knobs.ts'
import { usualKnobs } from '../knobs.ts'
import type { WorkspaceSettings } from '../workspace/model.ts'
import { usualSettings } from '../workspace/model.ts'

/** How much is known about the real Slack here. */
export type Basis = 'documented' | 'observed' | 'inferred' | 'simulator'

interface Meaning {
  readonly label: string
  readonly meaning: string
  readonly basis: Basis
  readonly choices?: readonly (string | number)[]
}

export interface Adjustment extends Meaning {
  /** A name, or a name and a field of it: `consistency.groupMs`. */
  readonly path: string
  readonly kind: 'switch' | 'number' | 'choice' | 'texts' | 'text'
  readonly value: unknown
  readonly usual: unknown
}

const longUserName = ['username_too_long', 'long_username'] as const
const conflictStatuses = [409, 400] as const

/** A nested knob has a meaning per field; a map of endpoints is set over HTTP only. */
type KnobMeanings = {
  readonly [K in Exclude<keyof Knobs, 'latencyByEndpoint'>]: Knobs[K] extends readonly unknown[]
    ? Meaning
    : Knobs[K] extends object
      ? { readonly [F in keyof Knobs[K]]: Meaning }
      : Meaning
}

const knobMeanings: KnobMeanings = {
  latencyMs: { label: 'Latency (ms)', meaning: 'How long every answer takes.', basis: 'simulator' },
  latencyJitterMs: { label: 'Jitter (ms)', meaning: 'How far an answer may be off its latency.', basis: 'simulator' },
  rateScale: {
    label: 'Rate scale',
    meaning: 'Multiplies limits and bursts: 10 is ten times faster, 0 switches the limits off.',
    basis: 'documented',
  },
  rejectedCostsToken: {
    label: 'A rejected request costs a token',
    meaning: 'Off: a 429 costs nothing. On: hammering keeps the bucket empty.',
    basis: 'inferred',
  },
  consistency: {
    deactivateMs: {
      label: 'A deactivation shows after (ms)',
      meaning: 'Until then reads still show the account as active.',
      basis: 'observed',
    },
    groupMs: {
      label: 'A changed group shows after (ms)',
      meaning: 'Until then reads still show the old name and members.',
      basis: 'observed',
    },
    photoMs: {
      label: 'A new photo shows after (ms)',
      meaning: 'Until then reads still show the old address.',
      basis: 'documented',
    },
  },
  conflictStatus: {
    label: 'Status of email_taken and username_taken',
    meaning: 'Slack publishes error names, not their HTTP status.',
    basis: 'inferred',
    choices: conflictStatuses,
  },
  planGateStatus: {
    label: 'Status of plus_teams_only',
    meaning: 'What a Free or Pro workspace answers.',
    basis: 'inferred',
    choices: [400, 402, 403],
  },
  notFoundStatus: {
    label: 'Status of no_such_user and no_such_group',
    meaning: 'What an unknown id answers.',
    basis: 'inferred',
    choices: [404, 400],
  },
  forbiddenStatus: {
    label: 'Status of permission_denied',
    meaning: 'What a token without the right answers.',
    basis: 'inferred',
    choices: [403, 401, 400],
  },
  longUserNameError: {
    create: {
      label: 'Name of a long userName, create',
      meaning: 'The documented name is username_too_long.',
      basis: 'documented',
      choices: longUserName,
    },
    update: {
      label: 'Name of a long userName, update',
      meaning: 'Live errors carry long_username.',
      basis: 'observed',
      choices: longUserName,
    },
  },
  usernameConflict: {
    label: 'A userName that is taken',
    meaning: 'byPlan: a workspace rejects it, an organisation shortens it until it is free.',
    basis: 'documented',
    choices: ['byPlan', 'reject', 'dedupe'],
  },
  displayNameMode: {
    label: 'Characters of a display name',
    meaning: 'Microsoft lists more characters than Slack’s own table; others become underscores.',
    basis: 'documented',
    choices: ['microsoft', 'slackTable'],
  },
  displayNameUpdateWhenNoSync: {
    label: 'Display name update without profile sync',
    meaning: 'ignore: accepted, and nothing changes. reject: invalid_display_name.',
    basis: 'inferred',
    choices: ['ignore', 'reject'],
  },
  externalIdEcho: {
    label: 'externalId in answers',
    meaning: 'Every recorded answer had it empty.',
    basis: 'observed',
    choices: ['empty', 'stored'],
  },
  putMissingActive: {
    label: 'PUT without active',
    meaning: 'One sample of Slack shows the account deactivated afterwards.',
    basis: 'inferred',
    choices: ['keep', 'deactivate'],
  },
  unknownManager: {
    label: 'Unknown manager on create',
    meaning: 'dropProfileOnCreate: all profile fields are dropped without a word.',
    basis: 'inferred',
    choices: ['dropProfileOnCreate', 'reject'],
  },
  patchSupportedFlag: {
    label: 'Configuration says: patch supported',
    meaning: 'False in recordings of 2018, true in those of 2020.',
    basis: 'observed',
  },
  filterSupportedFlag: {
    label: 'Configuration says: filter supported',
    meaning: 'Slack says no, although filtering works.',
    basis: 'observed',
  },
  v2Enabled: {
    label: 'SCIM v2 is there',
    meaning: 'Off: every v2 request is unsupported_version.',
    basis: 'observed',
  },
  v2FilterEnabled: {
    label: 'v2 filters',
    meaning: 'Off: a filter is ignored and the whole list comes back.',
    basis: 'observed',
  },
  reservedUserNames: {
    label: 'Reserved user names',
    meaning: 'Refused with username_not_allowed. Slack’s own list is not published.',
    basis: 'inferred',
  },
  reservedWords: {
    label: 'Reserved words',
    meaning: 'Refused in any value with invalid_reserved_word. Slack’s own list is not published.',
    basis: 'inferred',
  },
  deactivateLeavesGroups: {
    label: 'Deactivation leaves groups',
    meaning: 'A deactivated person is taken out of all groups and does not come back.',
    basis: 'inferred',
  },
  logBodies: {
    label: 'Keep bodies in the request log',
    meaning: 'Up to 16 KiB each, secrets masked.',
    basis: 'simulator',
  },
}

type Adjustable = Exclude<keyof WorkspaceSettings, 'teamId' | 'enterpriseId' | 'saml'>

const settingMeanings: Readonly<Record<Adjustable, Meaning>> = {
  plan: {
    label: 'Plan',
    meaning: 'SCIM and SAML need Business+ or Enterprise. A token of a workspace does not work in an organisation.',
    basis: 'documented',
    choices: ['business_plus', 'enterprise', 'pro', 'free'],
  },
  salesforceOrgConnected: {
    label: 'A Salesforce org is connected',
    meaning: 'Opens SCIM on Free and Pro.',
    basis: 'documented',
  },
  teamName: { label: 'Name', meaning: 'The name of the workspace.', basis: 'documented' },
  domain: { label: 'Domain', meaning: 'The workspace is at this name below slack.com.', basis: 'documented' },
  profileSync: {
    label: 'Sync user profiles',
    meaning: 'A sign-in overwrites name, email and display name. Off: display name updates by SCIM change nothing.',
    basis: 'documented',
  },
  allowDisplayNameChange: {
    label: 'Members may change their display name',
    meaning: 'On: a SCIM update with another display name is invalid_display_name.',
    basis: 'observed',
  },
  allowEmailChange: {
    label: 'Members may change their email address',
    meaning: 'On: addresses can drift away from the directory.',
    basis: 'documented',
  },
  ssoMode: {
    label: 'Single sign-on',
    meaning: 'required: only owners sign in without SAML, and SCIM may not set passwords. partly: all but guests.',
    basis: 'documented',
    choices: ['optional', 'partly', 'required'],
  },
  customProfileFields: {
    label: 'Custom profile fields made by hand',
    meaning: 'Fifty at most, those that SCIM makes on first use included.',
    basis: 'documented',
  },
  hiddenFields: {
    label: 'Hidden profile fields',
    meaning: 'Names such as department. Hidden in profiles, still readable by SCIM.',
    basis: 'inferred',
  },
  sessionDurationHours: {
    label: 'Session duration (hours)',
    meaning: '0 signs out when the browser closes. The identity provider’s own end is ignored.',
    basis: 'documented',
  },
}

export function settingAdjustments(settings: WorkspaceSettings): readonly Adjustment[] {
  return (Object.keys(settingMeanings) as Adjustable[]).map((name) =>
    adjustment(name, settingMeanings[name], settings[name], usualSettings[name]),
  )
}

export function knobAdjustments(knobs: Knobs): readonly Adjustment[] {
  return Object.entries(knobMeanings).flatMap(([name, meaning]) => {
    const [value, usual] = [knobs, usualKnobs].map((all) => all[name as keyof Knobs])
    if (isMeaning(meaning)) return [adjustment(name, meaning, value, usual)]
    return Object.entries(meaning as Readonly<Record<string, Meaning>>).map(([field, inner]) =>
      adjustment(`${name}.${field}`, inner, fieldOf(value, field), fieldOf(usual, field)),
    )
  })
}

function isMeaning(meaning: object): meaning is Meaning {
  return 'basis' in meaning
}

function fieldOf(value: unknown, field: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[field]
}

function adjustment(path: string, meaning: Meaning, value: unknown, usual: unknown): Adjustment {
  return { path, ...meaning, kind: kindOf(meaning, usual), value, usual }
}

function kindOf({ choices }: Meaning, usual: unknown): Adjustment['kind'] {
  if (choices !== undefined) return 'choice'
  if (Array.isArray(usual)) return 'texts'
  if (typeof usual === 'boolean') return 'switch'
  return typeof usual === 'number' ? 'number' : 'text'
}
