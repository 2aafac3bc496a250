/* The door of the vocabulary: nouns shared by every room. */
export * from './clock.ts'
export * from './connector-error.ts'
export * from './error-codes.ts'
export * from './objects.ts'
export * from './provisioning-log.ts'
export * from './synchronization-job.ts'
export * from './synchronization-schema.ts'
export * from './reports.ts'
