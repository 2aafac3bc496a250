/* What a made-up company consists of, and how large it shall be. */
import type { SourceAttributes } from '../../src/vocabulary/index.ts'

export interface CompanyOptions {
  readonly users: number
  readonly groups: number
  readonly seed: number
}

/** Attributes by mapping source name (graph-api.md 3.1). */
export interface CompanyUser {
  readonly objectId: string
  /** The manager's objectId; it stands in `attributes.manager` too. */
  readonly manager: string | null
  readonly attributes: SourceAttributes
}

export interface CompanyGroup {
  readonly objectId: string
  readonly displayName: string
  /** objectIds of direct members: people and groups. They stand in `attributes.members` too. */
  readonly members: readonly string[]
  readonly attributes: SourceAttributes
}

export interface Company {
  readonly users: readonly CompanyUser[]
  readonly groups: readonly CompanyGroup[]
}
