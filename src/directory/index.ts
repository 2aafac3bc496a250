/* The door of the built-in directory. */
export { assign, unassign, type AssignmentChange, type AssignRequest } from './assignments.ts'
export { addMember, addOwner, removeMember, removeOwner } from './change-links.ts'
export {
  changeObject,
  createObject,
  deleteObject,
  emptyRecycleBin,
  isRestorable,
  purgeObject,
  recycleBinMs,
  restoreObject,
  type NewObject,
} from './change-objects.ts'
export * from './files/index.ts'
export { DirectoryRefusal, type RefusalKind } from './refusal.ts'
export {
  importReading,
  NotWholeError,
  TooManyRemovalsError,
  type ImportOutcome,
  type ImportRequest,
  type ObjectCounts,
} from './import-reading.ts'
