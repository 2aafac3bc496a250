/* The door of the rules: everything that is decided without touching anything. */
export * from './changes.ts'
export * from './check-schema.ts'
export * from './compiled-schema.ts'
export * from './completion.ts'
export { createDiscovery, type Discovery } from './discovery.ts'
export { createDriftClusters, driftOf, type DriftClusters } from './drift.ts'
export * from './effect-of-write.ts'
export * from './escrow.ts'
export * from './filter-check.ts'
export * from './filter-lint.ts'
export { filterOperatorSchemas } from './filter-operators.ts'
export type { FilterOperatorSchema } from './filter-operators.ts'
export * from './hash-counts.ts'
export * from './log-csv.ts'
export * from './lost-answers.ts'
export * from './mapping-input.ts'
export {
  desiredValues,
  firstChoice,
  mapAttributes,
  missingRequired,
  wantedReferences,
  type MappedAttribute,
  type MappingPhase,
  type MappingResult,
} from './mapping.ts'
export * from './match-request.ts'
export * from './matching.ts'
export * from './on-demand.ts'
export { createPopulationDiff, type PopulationDiffFold, type PopulationDiffOptions } from './population-diff.ts'
export * from './plan-facts.ts'
export * from './population-facts.ts'
export * from './read-attributes.ts'
export * from './read-filter.ts'
export * from './quarantine.ts'
export * from './read-schema.ts'
export * from './references.ts'
export * from './removal-threshold.ts'
export * from './review.ts'
export * from './schema-version.ts'
export * from './scoping-filter.ts'
export * from './schema-sides.ts'
export * from './scoping.ts'
export * from './situations.ts'
export * from './slack-values.ts'
export * from './summary.ts'
export * from './templates/slack-rules.ts'
export * from './templates/slack.ts'
export type { UniqueCandidate } from './unique-values.ts'
export { namesIn, userNamesMode, whyNotAllotted, withUserNames, type UserNamesMode } from './user-names-mode.ts'
export * from './try-expression.ts'
export * from './try-subjects.ts'
