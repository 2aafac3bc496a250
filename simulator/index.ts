/*
 * The door of the simulator: a Slack workspace in this process, with or without a socket (docs/slack-simulator.md).
 */
export { createSimulator } from './create-simulator.ts'
export { DirectoryInUse } from './workspace/directory-lock.ts'
export type { Clock } from './clock.ts'
export type { Fault, FaultKind, FaultSeed } from './faults.ts'
export type { Knobs } from './knobs.ts'
export type { RequestLogEntry } from './request-log.ts'
export type {
  CodeSeed,
  GroupView,
  Listening,
  Simulator,
  SimulatorOptions,
  SimulatorRequest,
  SimulatorResponse,
  SimulatorSnapshot,
  TokenSeed,
} from './simulator.ts'
export { usualSaml } from './workspace/model.ts'
export type { OauthApp, Person, Plan, Profile, Role, SamlSettings, WorkspaceSettings } from './workspace/model.ts'
export type { CompanyShape } from './workspace/company.ts'
export type { GroupSeed, PersonSeed, WorkspaceSeed } from './workspace/workspace-seed.ts'
