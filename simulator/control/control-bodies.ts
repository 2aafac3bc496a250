/*
 * What may be sent to the simulator's own HTTP door: unknown names are refused, so that a typing error shows.
 */
import { z } from 'zod'
import { profileKeys, usualSaml } from '../workspace/model.ts'
import type { ProfileKey } from '../workspace/model.ts'
import { isAddressRange } from '../workspace/network-restriction.ts'

const whole = z.number().int().min(0)
const status = z.number().int().min(400).max(599)
const longUserName = z.enum(['username_too_long', 'long_username'])
const plan = z.enum(['business_plus', 'free', 'pro', 'enterprise'])
export const role = z.enum([
  'primary_owner',
  'owner',
  'admin',
  'member',
  'multi_channel_guest',
  'single_channel_guest',
  'bot',
  'org_owner',
  'org_admin',
])

const consistency = z.strictObject({ deactivateMs: whole, groupMs: whole, photoMs: whole })
const longUserNameError = z.strictObject({ create: longUserName, update: longUserName })

export const knobsBody = z
  .strictObject({
    latencyMs: z.number().min(0),
    latencyJitterMs: z.number().min(0),
    latencyByEndpoint: z.record(z.string(), z.number().min(0)),
    rateScale: z.number().min(0),
    rejectedCostsToken: z.boolean(),
    consistency,
    conflictStatus: status,
    planGateStatus: status,
    notFoundStatus: status,
    forbiddenStatus: status,
    longUserNameError,
    usernameConflict: z.enum(['byPlan', 'reject', 'dedupe']),
    displayNameMode: z.enum(['microsoft', 'slackTable']),
    displayNameUpdateWhenNoSync: z.enum(['ignore', 'reject']),
    externalIdEcho: z.enum(['empty', 'stored']),
    putMissingActive: z.enum(['keep', 'deactivate']),
    unknownManager: z.enum(['dropProfileOnCreate', 'reject']),
    patchSupportedFlag: z.boolean(),
    filterSupportedFlag: z.boolean(),
    v2Enabled: z.boolean(),
    v2FilterEnabled: z.boolean(),
    reservedUserNames: z.array(z.string()),
    reservedWords: z.array(z.string()),
    deactivateLeavesGroups: z.boolean(),
    logBodies: z.boolean(),
  })
  .partial()

/** A nested knob can be changed in part. */
export const knobsPatch = knobsBody.extend({
  consistency: consistency.partial().exactOptional(),
  longUserNameError: longUserNameError.partial().exactOptional(),
})

export const samlBody = z.strictObject({
  ssoUrl: z.url(),
  idpIssuer: z.string().min(1),
  certificate: z.string().startsWith('-----BEGIN '),
  spIssuer: z.string().min(1).default(usualSaml.spIssuer),
  acsUrl: z.url().nullable().default(usualSaml.acsUrl),
  areResponsesSigned: z.boolean().default(usualSaml.areResponsesSigned),
  areAssertionsSigned: z.boolean().default(usualSaml.areAssertionsSigned),
  authnContext: z.literal('PasswordProtectedTransport').nullable().default(usualSaml.authnContext),
  signsRequests: z.boolean().default(usualSaml.signsRequests),
  jit: z.boolean().default(usualSaml.jit),
})

export const settingsBody = z
  .strictObject({
    plan,
    salesforceOrgConnected: z.boolean(),
    profileSync: z.boolean(),
    allowDisplayNameChange: z.boolean(),
    allowEmailChange: z.boolean(),
    ssoMode: z.enum(['optional', 'partly', 'required']),
    customProfileFields: whole,
    hiddenFields: z.array(z.string()),
    sessionDurationHours: z.number().min(0),
    teamName: z.string(),
    domain: z.string().regex(/^[a-z0-9-]+$/),
    saml: samlBody.nullable(),
  })
  .partial()

const text = z.string().nullable().optional()

export const personBody = z.strictObject({
  userName: z.string().regex(/^[a-z0-9._-]{1,21}$/),
  email: z.string(),
  role: role.exactOptional(),
  active: z.boolean().exactOptional(),
  givenName: z.string().exactOptional(),
  familyName: z.string().exactOptional(),
  displayName: z.string().exactOptional(),
  title: z.string().exactOptional(),
  secondaryEmail: z.string().exactOptional(),
  profile: z
    .strictObject(Object.fromEntries(profileKeys.map((key): [ProfileKey, typeof text] => [key, text])))
    .exactOptional(),
  guestExpiration: z.string().exactOptional(),
  samlNameId: z.string().exactOptional(),
  isErased: z.boolean().exactOptional(),
})

export const groupBody = z.strictObject({
  displayName: z.string().min(1),
  members: z.array(z.string()).exactOptional(),
  isLinkedToChannels: z.boolean().exactOptional(),
})

export const roleBody = z.strictObject({ role: role.exactOptional(), active: z.boolean().exactOptional() })

/** Ten at most (slack.md 1.2). */
export const allowedAddresses = z
  .array(z.string().refine(isAddressRange, 'An IPv4 address or a CIDR range such as 10.1.0.0/16 is needed.'))
  .max(10)

export const appBody = z.strictObject({
  clientId: z.string().min(1),
  clientSecret: z.string(),
  redirectUrls: z.array(z.string()),
  name: z.string(),
  hasTokenRotation: z.boolean(),
  allowedAddresses: allowedAddresses.exactOptional(),
  isDistributed: z.boolean().exactOptional(),
})
