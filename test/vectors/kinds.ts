/*
 * The kinds of vector file and who runs each. A runner is loaded when its kind is asked for.
 */
import { fileURLToPath } from 'node:url'
import type { VectorResult } from './results.ts'

export interface VectorKind {
  readonly kind: string
  readonly run: (file: string) => Promise<readonly VectorResult[]>
}

export const vectorKinds: readonly VectorKind[] = [
  { kind: 'expressions', run: async (file) => (await import('./expressions.ts')).runExpressionsVectors(file) },
  { kind: 'scoping', run: async (file) => (await import('./scoping.ts')).runScopingVectors(file) },
  { kind: 'slack-scim', run: async (file) => (await import('./slack-scim.ts')).runSlackScimVectors(file) },
  { kind: 'graph-source', run: async (file) => (await import('./graph-source.ts')).runGraphSourceVectors(file) },
]

/** The file that belongs to the project; any other of the same form can be run as well. */
export function ownFileOf(kind: string): string {
  return fileURLToPath(new URL(`${kind}.json`, import.meta.url))
}
