/* The directory as the mirror of a tenant, for the door of the room. */
export type { MirroredObject, MirrorPage } from './apply-objects.ts'
export { guardMirror, type MirrorGuard } from './guard-mirror.ts'
export { createMirror, type Mirror, type Whereabouts } from './mirror.ts'
export { mirroredAssignmentId, type MirroredAssignment } from './replace-assignments.ts'
