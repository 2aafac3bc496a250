/*
 * The door of reading directories from files people really have: the admin centers' CSV, Microsoft Graph JSON, LDIF.
 * Nothing is stored here; the caller gets everything that was found, or an error that lists every problem.
 */
export { DirectoryFileError, sayProblem, type ProblemScope } from './directory-file-error.ts'
export type * from './directory-reading.ts'
export { deriveObjectId } from './derive-object-id.ts'
export { readDirectoryFiles } from './read-directory-files.ts'
