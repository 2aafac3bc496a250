/* Things a store keeps, with good defaults: a test shows only what matters to it. */
import { systemInitiator, noPlanCounts, usualJobSettings } from '../../src/vocabulary/index.ts'
import type {
  Account,
  BeforeImage,
  Cycle,
  DirectoryAudit,
  EscrowEntry,
  Link,
  Notification,
  Passkey,
  PlannedWrite,
  ProvisioningObjectSummary,
  SealedPlan,
  SourceAttributes,
  SynchronizationJob,
  SynchronizationSchema,
} from '../../src/vocabulary/index.ts'
import type { DirectoryAssignment, DirectoryObject, HandedSecret, Outcome } from '../../src/store/store.ts'

/** Any instant will do, as long as it is the same in every run. */
export const noon = Date.UTC(2026, 10, 25, 12)

export function aUser(
  objectId: string,
  attributes: SourceAttributes = {},
  more: Partial<DirectoryObject> = {},
): Omit<DirectoryObject, 'changeNumber'> {
  return { objectId, objectType: 'User', presence: 'present', deletedAt: null, attributes, ...more }
}

export function aGroup(
  objectId: string,
  attributes: SourceAttributes = { displayName: objectId },
  more: Partial<DirectoryObject> = {},
): Omit<DirectoryObject, 'changeNumber'> {
  return aUser(objectId, attributes, { objectType: 'Group', ...more })
}

export function anAssignment(
  assignmentId: string,
  principalId: string,
  more: Partial<DirectoryAssignment> = {},
): DirectoryAssignment {
  return {
    assignmentId,
    servicePrincipalId: 'sp',
    principalId,
    principalType: 'User',
    appRoleId: 'role-user',
    appRoleDisplayName: 'User',
    appRoleValue: null,
    createdAt: null,
    ...more,
  }
}

export function aSchema(version = '1'): SynchronizationSchema {
  return { id: 'schema', version, directories: [], synchronizationRules: [] }
}

export function aJob(jobId = 'job', more: Partial<SynchronizationJob> = {}): SynchronizationJob {
  return {
    jobId,
    servicePrincipalId: 'sp',
    servicePrincipalDisplayName: 'Slack',
    templateId: 'slack',
    status: 'NotRun',
    settings: { ...usualJobSettings, defaultAccessIsEntitled: false },
    schema: aSchema(),
    watermark: null,
    nextRunAt: noon,
    steadyStateFirstAchievedAt: null,
    steadyStateLastAchievedAt: null,
    quarantine: null,
    scheduleState: 'Active',
    escrowsPruned: false,
    ...more,
  }
}

export function aCycle(cycleId = 'cycle', more: Partial<Cycle> = {}): Cycle {
  return {
    cycleId,
    jobId: 'job',
    kind: 'initial',
    beganAt: noon,
    endedAt: null,
    state: 'Running',
    error: null,
    brokenSince: null,
    position: null,
    objectsDone: 0,
    objectsKnown: 0,
    pagesDone: 0,
    pagesKnown: 0,
    counters: {
      countImported: 0,
      countEntitled: 0,
      countEntitledForProvisioning: 0,
      countExported: 0,
      countExports: 0,
      countImportedReferenceDeltas: 0,
      countEscrowed: 0,
      created: 0,
      updated: 0,
      disabled: 0,
      deleted: 0,
      skipped: {},
      failed: {},
      warnings: 0,
      requests: 0,
      throttled: 0,
    },
    planId: null,
    ...more,
  }
}

export function aLink(sourceAnchor: string, more: Partial<Link> = {}): Link {
  return {
    objectType: 'User',
    sourceAnchor,
    targetAnchor: `T-${sourceAnchor}`,
    displayName: sourceAnchor,
    isActive: true,
    isManaged: true,
    known: { userName: sourceAnchor, active: true },
    members: [],
    ...more,
  }
}

export function anEscrowEntry(sourceAnchor: string, more: Partial<EscrowEntry> = {}): EscrowEntry {
  return {
    objectType: 'User',
    sourceAnchor,
    firstFailedAt: noon,
    attempts: 1,
    nextAttemptAt: noon,
    errorCode: 'Timeout',
    reason: 'The target did not answer in time.',
    ...more,
  }
}

interface LogEntryFacts {
  readonly at?: number
  readonly jobId?: string
  readonly cycleId?: string
  readonly status?: ProvisioningObjectSummary['provisioningStatusInfo']['status']
  readonly action?: ProvisioningObjectSummary['provisioningAction']
  readonly source?: { readonly id: string; readonly displayName: string }
  readonly target?: { readonly id: string; readonly displayName: string }
  readonly errorCode?: string
}

export function aLogEntry(id: string, facts: LogEntryFacts = {}): ProvisioningObjectSummary {
  return {
    id,
    activityDateTime: new Date(facts.at ?? noon).toISOString(),
    tenantId: 'tenant',
    jobId: facts.jobId ?? 'job',
    cycleId: facts.cycleId ?? 'cycle',
    changeId: `change-${id}`,
    provisioningAction: facts.action ?? 'update',
    durationInMilliseconds: 12,
    initiatedBy: { id: '', displayName: 'Muster', initiatorType: 'system' },
    servicePrincipal: { id: 'sp', displayName: 'Slack' },
    sourceSystem: { id: 'source', displayName: 'Directory', details: {} },
    targetSystem: { id: 'target', displayName: 'Slack', details: {} },
    sourceIdentity: { id: 'source-id', displayName: 'Mira', ...facts.source, identityType: 'User', details: {} },
    targetIdentity: { id: 'U1', displayName: 'mira', ...facts.target, identityType: 'User', details: {} },
    provisioningStatusInfo: {
      status: facts.status ?? 'success',
      errorInformation:
        facts.errorCode === undefined
          ? null
          : {
              errorCode: facts.errorCode,
              reason: 'It did not work.',
              additionalDetails: null,
              errorCategory: 'failure',
              recommendedAction: 'Try it again.',
            },
    },
    provisioningSteps: [
      {
        name: 'EntryImport',
        provisioningStepType: 'import',
        status: 'success',
        description: 'Received User "Mira".',
        details: { 'a "quoted" name\n': 'ß ≠ \u0000' },
      },
    ],
    modifiedProperties: [{ displayName: 'title', oldValue: null, newValue: 'Captain' }],
  }
}

export function anImage(more: Partial<BeforeImage> = {}): BeforeImage {
  return {
    kind: 'update',
    objectType: 'User',
    sourceAnchor: 'source-id',
    targetAnchor: 'U1',
    displayName: 'Mira',
    before: { title: null, active: false },
    after: { title: 'Captain', active: true },
    membersAdded: [],
    membersRemoved: [],
    membershipsLost: [],
    ...more,
  }
}

export function anOutcome(more: Partial<Outcome> = {}): Outcome {
  return { logEntry: null, ...more }
}

export function aNotification(id: string, more: Partial<Notification> = {}): Notification {
  return {
    id,
    jobId: 'job',
    jobName: 'Slack',
    at: noon,
    kind: 'quarantineImposed',
    reason: 'TooManyDeletes',
    found: '4 removals in one cycle, and the threshold is 3.',
    concerned: 4,
    ...more,
  }
}

export function aPlan(planId = 'plan', more: Partial<SealedPlan> = {}): SealedPlan {
  return {
    planId,
    jobId: 'job',
    kind: 'cycle',
    state: 'open',
    createdAt: noon,
    createdBy: 'ana',
    origin: 'the next cycle',
    waitsFor: [],
    watermark: null,
    schemaVersion: '1',
    settingsHash: 'settings',
    contentHash: 'content',
    counts: { ...noPlanCounts, updates: 1, people: 1 },
    cycleId: null,
    decidedAt: null,
    decidedBy: null,
    ...more,
  }
}

/** A person's title becomes Captain. */
export function aPlannedWrite(number: number, sourceAnchor: string, more: Partial<BeforeImage> = {}): PlannedWrite {
  const image: BeforeImage = {
    kind: 'update',
    objectType: 'User',
    sourceAnchor,
    targetAnchor: `T-${sourceAnchor}`,
    displayName: sourceAnchor,
    before: { title: null },
    after: { title: 'Captain' },
    membersAdded: [],
    membersRemoved: [],
    membershipsLost: [],
    ...more,
  }
  return {
    number,
    image,
    write: {
      kind: 'update',
      objectType: image.objectType,
      anchor: image.targetAnchor ?? '',
      changes: [{ attribute: 'title', kind: 'set', value: 'Captain' }],
      known: {},
    },
    reason: 'User differs in title.',
    sourceHash: 'hash',
    newcomers: {},
    redacted: [],
    outcome: null,
    moved: null,
    outcomeReason: null,
  }
}

export function anAudit(id: string, more: Partial<DirectoryAudit> = {}): DirectoryAudit {
  return {
    id,
    activityDateTime: new Date(noon).toISOString(),
    activityDisplayName: 'Update provisioning setting or credentials',
    operationType: 'Update',
    category: 'ProvisioningManagement',
    loggedByService: 'Account Provisioning',
    correlationId: id,
    result: 'success',
    resultReason: '',
    initiatedBy: systemInitiator,
    targetResources: [
      {
        id: 'job',
        displayName: 'Slack',
        type: 'Job',
        modifiedProperties: [{ displayName: 'settings.syncAll', oldValue: 'false', newValue: 'true' }],
      },
    ],
    additionalDetails: [],
    ...more,
  }
}

export function anAccount(objectId: string, more: Partial<Account> = {}): Account {
  return {
    objectId,
    userPrincipalName: `admin-${objectId}@example.com`,
    displayName: `Administrator ${objectId}`,
    isDisabled: false,
    passwordHash: null,
    externalIdentity: null,
    createdAt: noon,
    lastSignInAt: null,
    epoch: 0,
    ...more,
  }
}

export function aPasskey(credentialId: string, more: Partial<Passkey> = {}): Passkey {
  return {
    credentialId,
    objectId: '1',
    publicKey: 'AQID',
    counter: 0,
    transports: ['internal'],
    name: 'Laptop',
    createdAt: noon,
    lastUsedAt: null,
    ...more,
  }
}

export function aHandedSecret(secretHash: string, more: Partial<HandedSecret> = {}): HandedSecret {
  return {
    secretHash,
    kind: 'code',
    objectId: '1',
    familyId: 'family',
    expiresAt: noon + 60_000,
    usedAt: null,
    content: '{}',
    ...more,
  }
}
