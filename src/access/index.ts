/* The door of access: who may do what. Pure: the caller's roles come in, and a decision goes out. */
export { actionNames, actions, isAction, type Action } from './actions.ts'
export { appPermissions } from './app-permissions.ts'
export { dependsOnOwner, missingActions, reachOf, rolesWith, type Subject } from './decide.ts'
export { operatorGrants, ownerGrants, permissionGrants, roleGrants, type Grant } from './grants.ts'
export { builtInRoles, ownerRole, type BuiltInRole } from './roles.ts'
