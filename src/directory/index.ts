/* The door of the built-in directory. */
export { assign, unassign, type AssignmentChange, type AssignRequest } from './assignments.ts'
export * from './files/index.ts'
export {
  importReading,
  NotWholeError,
  TooManyRemovalsError,
  type ImportOutcome,
  type ImportRequest,
  type ObjectCounts,
} from './import-reading.ts'
