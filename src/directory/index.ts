/* The door of the built-in directory. */
export {
  assign,
  newAssignmentId,
  unassign,
  withdrawAssignment,
  type AssignmentChange,
  type AssignRequest,
  type Principal,
} from './assignments.ts'
export {
  addSecret,
  certificatesInForce,
  completeCertificates,
  hasCredential,
  matchSecret,
  removeSecret,
  secretsOf,
  type ClientCertificate,
  type MadeSecret,
} from './client-credentials.ts'
export {
  ensureGraphPrincipal,
  grantedPermissions,
  grantedTo,
  grantPermissions,
  graphPrincipal,
  revokePermission,
} from './graph-principal.ts'
export { addMember, addOwner, removeMember, removeOwner } from './change-links.ts'
export {
  changeObject,
  createObject,
  deleteObject,
  emptyRecycleBin,
  purgeObject,
  restoreObject,
  type NewObject,
} from './change-objects.ts'
export * from './files/index.ts'
export * from './mirror/index.ts'
export { isRestorable, recycleBinMs } from './recycle-bin.ts'
export { DirectoryRefusal, type RefusalKind } from './refusal.ts'
export { assignableRole } from './app-roles.ts'
export { applicationTemplates, slackApplicationTemplateId, type ApplicationTemplate } from './application-templates.ts'
export {
  changeApplication,
  createApplication,
  createServicePrincipal,
  deleteApplication,
  ensureApplication,
  instantiateTemplate,
  purgeApplication,
  restoreApplication,
} from './applications.ts'
export {
  importReading,
  NotWholeError,
  TooManyRemovalsError,
  type ImportOutcome,
  type ImportRequest,
  type ObjectCounts,
} from './import-reading.ts'
