/*
 * All codes an entry of the provisioning log may carry: what each means, when Muster tries again, and what the
 * administrator can do (provisioning-service.md 12.3 and 12.4). docs/error-codes.md is made from this table.
 */
import type { RetryAdvice } from './connector-error.ts'

/** `skip`: nothing was done, as it should be. `failure`: it should have been done. `warning`: done, a part left out. */
export type CodeKind = 'skip' | 'failure' | 'warning'

export interface ErrorCodeEntry {
  readonly kind: CodeKind
  readonly meaning: string
  /**
   * `RetryAdvice` for what is tried again by the clock (provisioning-service.md 6.5); `whenChanged`: not before the object,
   * its assignment or the configuration changes; `quarantine`: the whole job waits (section 9).
   */
  readonly retry: RetryAdvice | 'whenChanged' | 'quarantine'
  /** What the administrator can do, as the log's `recommendedAction`. */
  readonly action: string
}

const table = {
  NotEffectivelyEntitled: {
    kind: 'skip',
    meaning:
      'The object is inactive in the source, not assigned to the application, or its role does not permit provisioning.',
    retry: 'whenChanged',
    action:
      'The scoping step says which of the three it was. Assign the user, or a group it is a direct member of, if it should have an account.',
  },
  EntrySynchronizationSkipped: {
    kind: 'skip',
    meaning: 'The object was read and there was nothing to do: it is out of scope, or no change was needed.',
    retry: 'whenChanged',
    action: 'None, unless it should be in scope: then read the scoping step, which names the filters it did not pass.',
  },
  StagedDelete: {
    kind: 'skip',
    meaning: 'More removals were due in one cycle than the threshold allows, so none was done.',
    retry: 'whenChanged',
    action:
      'Read whom it concerns (muster removals). Allow the removals if they are meant; otherwise mend the cause, and they are forgotten.',
  },
  PlanVoid: {
    kind: 'skip',
    meaning:
      'A plan was carried out that has this write otherwise: the directory, the target or the configuration has changed since the plan was made. Nothing was sent.',
    retry: 'nextCycle',
    action: 'None: the next cycle takes it as it is then. With review on, it stands in the next plan.',
  },
  NotPlanned: {
    kind: 'skip',
    meaning: 'A plan was carried out that has nothing of the kind for this object. Nothing was sent.',
    retry: 'nextCycle',
    action: 'None: the next cycle takes it as it is then. With review on, it stands in the next plan.',
  },
  Undone: {
    kind: 'skip',
    meaning: 'What had been written was taken back (muster undo), so that the target is not as the source wants it.',
    retry: 'nextCycle',
    action: 'None, if the cause has been mended: otherwise the next cycle does it again. "muster plan" shows it.',
  },
  RedundantExport: {
    kind: 'skip',
    meaning: 'Source and target already agree.',
    retry: 'whenChanged',
    action: 'None.',
  },
  ImportSkipped: {
    kind: 'skip',
    meaning:
      'The object could not be matched because it has no value for any matching attribute; its scope was not evaluated.',
    retry: 'whenChanged',
    action: 'Give the object a value for a matching attribute in the source, or choose another matching attribute.',
  },
  AttributeValidationFailed: {
    kind: 'skip',
    meaning: 'The target does not allow a mapped value, e.g. "@" in a displayName in Slack.',
    retry: 'whenChanged',
    action: 'Correct the value in the source, or change the mapping so that it leaves the forbidden characters out.',
  },
  UnableToResolveReferenceAttributeValue: {
    kind: 'warning',
    meaning:
      'The object a reference points to (a manager, a member of a group) is not linked to the target. The rest was written.',
    retry: 'whenChanged',
    action:
      'None if that object shall have no account. Otherwise bring it into scope: the reference is written once it is linked.',
  },
  Conflict: {
    kind: 'failure',
    meaning: 'Another account in the target already has a value that must be unique.',
    retry: 'backoff',
    action:
      'Correct the value in the source, remove it from the other account, or choose matching attributes that find that account.',
  },
  EntryConflict: {
    kind: 'failure',
    meaning: 'Another entry in the target already has a value that must be unique.',
    retry: 'backoff',
    action:
      'Correct the value in the source, remove it from the other entry, or choose matching attributes that find that entry.',
  },
  TooManyRequests: {
    kind: 'failure',
    meaning: 'The target is overloaded or limits the rate of requests.',
    retry: 'nextCycle',
    action: 'None: Muster waits as long as the target asks and tries again.',
  },
  InternalServerError: {
    kind: 'failure',
    meaning: 'The target reported an unexpected error of its own.',
    retry: 'nextCycle',
    action:
      'None: it is tried again in the next cycle. If it lasts, ask the support of the target, with the request shown in the export step.',
  },
  InsufficientRights: {
    kind: 'failure',
    meaning: 'The target knows who is asking and does not allow this operation.',
    retry: 'backoff',
    action: 'Check that the account that authorized Muster has the rights the target asks for.',
  },
  MethodNotAllowed: {
    kind: 'failure',
    meaning: 'The target knows who is asking and does not allow this kind of request.',
    retry: 'backoff',
    action: 'Check the instructions of the application, and that its plan and settings permit provisioning.',
  },
  NotPermitted: {
    kind: 'failure',
    meaning: 'The target does not permit this change, whoever asks for it.',
    retry: 'backoff',
    action:
      'Check the instructions of the application: some accounts, e.g. owners, can only be changed in the target itself.',
  },
  Unauthorized: {
    kind: 'failure',
    meaning: 'The target refused the credentials for this operation.',
    retry: 'backoff',
    action: 'Check the instructions of the application and the rights of the token; authorize again if it was revoked.',
  },
  UnprocessableEntity: {
    kind: 'failure',
    meaning: 'The target answered in a way that was not expected, or could not process the request.',
    retry: 'backoff',
    action: 'Read the answer in the export step; check the mapped values and the configuration of the target.',
  },
  WebExceptionProtocolError: {
    kind: 'failure',
    meaning: 'The exchange with the target broke off: the connection failed or HTTP was not kept to.',
    retry: 'nextCycle',
    action: 'None: it is tried again in the next cycle. If it lasts, check the network and the address of the target.',
  },
  InvalidAnchor: {
    kind: 'failure',
    meaning: 'The linked object no longer exists in the target.',
    retry: 'backoff',
    action:
      'Restart the job with its links cleared (scope Full), or remove the link of this object: it is then matched or created again.',
  },
  NotImplemented: {
    kind: 'failure',
    meaning: 'The target does not offer the operation that was asked of it.',
    retry: 'backoff',
    action:
      'Check the configuration and the plan of the target; switch the operation off in the mapping if the target lacks it.',
  },
  MandatoryFieldsMissing: {
    kind: 'failure',
    meaning: 'The target asks for values that were not sent.',
    retry: 'backoff',
    action: 'Fill in the values in the source, or give the mapping a default value.',
  },
  MissingValues: {
    kind: 'failure',
    meaning: 'A required attribute has no value and no default value; nothing was sent.',
    retry: 'backoff',
    action: 'Fill in the value in the source, or give the mapping a default value.',
  },
  SchemaAttributeNotFound: {
    kind: 'failure',
    meaning: 'A mapped attribute does not exist in the target.',
    retry: 'backoff',
    action: 'Remove the mapping or correct the name of its target attribute.',
  },
  InternalError: {
    kind: 'failure',
    meaning: 'Muster itself failed on this object.',
    retry: 'nextCycle',
    action: 'None: it is tried again in the next cycle. If it lasts, report it with the change id of this entry.',
  },
  InvalidDomain: {
    kind: 'failure',
    meaning: 'A value, usually an email address, has a domain the target does not allow.',
    retry: 'backoff',
    action: 'Allow the domain in the target, or change the value.',
  },
  Timeout: {
    kind: 'failure',
    meaning: 'The target did not answer in time.',
    retry: 'nextCycle',
    action: 'None: it is tried again in the next cycle.',
  },
  LicenseLimitExceeded: {
    kind: 'failure',
    meaning: 'The target has no licence left for another account.',
    retry: 'backoff',
    action: 'Buy licences or free some in the target, or narrow the scope.',
  },
  DuplicateTargetEntries: {
    kind: 'failure',
    meaning: 'Several objects in the target match this one; nothing was written.',
    retry: 'backoff',
    action: 'Remove or change the surplus objects in the target, or choose matching attributes that are unique.',
  },
  DuplicateSourceEntries: {
    kind: 'failure',
    meaning: 'Several objects in the source match the same object in the target.',
    retry: 'backoff',
    action:
      'Correct the matching values in the source so that they are unique, or take all but one out of scope. Once the account is nobody’s, whoever waits for it has it in the next cycle.',
  },
  SystemForCrossDomainIdentityManagementMultipleEntriesInResponse: {
    kind: 'failure',
    meaning: 'One object was expected from the target, and it sent several.',
    retry: 'backoff',
    action: 'Remove the surplus objects in the target, or choose matching attributes that are unique.',
  },
  SystemForCrossDomainIdentityManagementServiceIncompatible: {
    kind: 'failure',
    meaning: 'The answer of the target cannot be read as SCIM.',
    retry: 'backoff',
    action:
      'Check the address: it must lead to the SCIM service of the target, without a proxy or a sign-in page between.',
  },
  CredentialsMissing: {
    kind: 'failure',
    meaning: 'The application has no credentials, so nothing can be asked of the target or written there.',
    retry: 'quarantine',
    action:
      "Enter a token: as the service principal's secrets (BaseAddress, SecretToken), or with muster slack token or muster slack connect.",
  },
  SystemForCrossDomainIdentityManagementCredentialValidationFailure: {
    kind: 'failure',
    meaning: 'The target rejected the credentials when they were tried.',
    retry: 'quarantine',
    action: 'Authorize again, or enter a valid token; then start the job.',
  },
  SchemaPropertyCanOnlyAcceptValue: {
    kind: 'failure',
    meaning: 'The attribute takes one value, and the mapping gave several.',
    retry: 'backoff',
    action: 'Choose one value in the mapping, e.g. with Item or Join.',
  },
} as const satisfies Record<string, ErrorCodeEntry>

export type ErrorCode = keyof typeof table

export const errorCodes: Readonly<Record<ErrorCode, ErrorCodeEntry>> = table

/** Codes of what has not failed and is due in the next cycle. */
export const dueCodes = ['PlanVoid', 'NotPlanned', 'Undone'] as const
export type DueCode = (typeof dueCodes)[number]
