/* The door of the memory connectors: both sides of the engine without a network, for tests, simulation and benches. */
export { createMemorySource } from './memory-source.ts'
export type { MemorySource, MemorySourceOptions } from './memory-source.ts'
export { createMemoryTarget } from './memory-target.ts'
export type { MemoryCall, MemoryTarget, MemoryTargetOptions, RecordedWrite } from './memory-target.ts'
