/* The target of a life: what it really holds, what was sent to it, and how a process reaches it through all its troubles. */
import type { MemoryTarget } from '../../src/connectors/memory/index.ts'
import type { TargetConnector } from '../../src/connectors/target.ts'
import type { Clock } from '../../src/vocabulary/index.ts'
import type { World } from '../builders/world.ts'
import type { Setting } from './history.ts'
import type { Luck } from './luck.ts'
import { unluckyTarget, type TargetWatcher } from './unlucky-target.ts'

/** As it is in truth, whatever its looks show; `writes` are those since they were last forgotten. */
export type TargetTruth = Pick<MemoryTarget, 'objects' | 'object' | 'writes' | 'forgetCalls'>

export interface TargetSide {
  readonly truth: TargetTruth
  /** Those that are not Muster's and never will be. */
  readonly strangers: ReadonlySet<string>
  /** For one process: when it has died, nothing more leaves it. */
  connect(death: AbortSignal): TargetConnector
}

export interface SideOptions {
  readonly world: World
  readonly setting: Setting
  /** The clock of Muster's machine, which may jump. */
  readonly clock: Clock
  readonly luck: () => Luck
  readonly watcher: TargetWatcher
}

export function memorySide({ world, setting, luck, watcher }: SideOptions): TargetSide {
  const { target, clock } = world
  return {
    truth: target,
    strangers: new Set(['U-STRANGER', 'G-STRANGER', 'U-SLEEPER']),
    connect: () => unluckyTarget({ target, clock, latencyMs: setting.latencyMs, luck, watcher }),
  }
}
