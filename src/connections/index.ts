/* The door of connections: one for each service principal. */
export { connectionNotes } from './connection-notes.ts'
export { createConnectionRegistry, type ConnectionRegistry } from './connection-registry.ts'
export type { InstallationConnection } from './open-pairs.ts'
export { plainPort, reportOfCheck } from './own-connection.ts'
export { createSharedBudgets, tokenKey, workspaceKey, type SharedBudgets } from './shared-budgets.ts'
