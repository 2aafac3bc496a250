/* Jobs, their status, and templates of synchronization (graph-api.md 3.7, 3.8). */
import {
  allShown,
  byName,
  complex,
  complexes,
  complexType,
  instant,
  integer,
  text,
  texts,
  to,
  truth,
  untyped,
  type EntityType,
} from './property.ts'

const keyValuePair = complexType('keyValuePair', [text('name', { isNullable: false }), text('value')])

const synchronizationSchedule = complexType('synchronizationSchedule', [
  instant('expiration'),
  // A duration, as `PT40M`.
  text('interval'),
  text('state', { values: ['Active', 'Disabled', 'Paused'] }),
])

const synchronizationError = complexType('synchronizationError', [
  text('code'),
  text('message'),
  truth('tenantActionable'),
])

const taskExecution = complexType('synchronizationTaskExecution', [
  text('activityIdentifier'),
  integer('countEntitled'),
  integer('countEntitledForProvisioning'),
  integer('countEscrowed'),
  integer('countEscrowedRaw'),
  integer('countExported'),
  integer('countExports'),
  integer('countImported'),
  integer('countImportedDeltas'),
  integer('countImportedReferenceDeltas'),
  text('state', { values: ['Succeeded', 'Failed', 'EntryLevelErrors'] }),
  instant('timeBegan'),
  instant('timeEnded'),
  complex('error', synchronizationError),
])

const quarantine = complexType('synchronizationQuarantine', [
  instant('currentBegan'),
  instant('nextAttempt'),
  text('reason'),
  instant('seriesBegan'),
  integer('seriesCount'),
  complex('error', synchronizationError),
])

const progress = complexType('synchronizationProgress', [
  integer('completedUnits'),
  instant('progressObservationDateTime'),
  integer('totalUnits'),
  text('units'),
])

const synchronizationStatus = complexType('synchronizationStatus', [
  text('code', { values: ['NotConfigured', 'NotRun', 'Active', 'Paused', 'Quarantine'] }),
  integer('countSuccessiveCompleteFailures'),
  truth('escrowsPruned'),
  instant('steadyStateFirstAchievedTime'),
  instant('steadyStateLastAchievedTime'),
  text('troubleshootingUrl'),
  complex('lastExecution', taskExecution),
  complex('lastSuccessfulExecution', taskExecution),
  complex('lastSuccessfulExecutionWithExports', taskExecution),
  complex('quarantine', quarantine),
  complexes('progress', progress),
  complexes(
    'synchronizedEntryCountByType',
    complexType('stringKeyLongValuePair', [text('key', { isNullable: false }), integer('value')]),
  ),
])

export const synchronizationJobType: EntityType = {
  name: 'synchronizationJob',
  set: 'jobs',
  properties: byName(
    allShown([
      text('id', { access: 'readOnly' }),
      text('templateId', { access: 'createOnly' }),
      complex('schedule', synchronizationSchedule, { access: 'readOnly' }),
      complex('status', synchronizationStatus, { access: 'readOnly' }),
      complexes('synchronizationJobSettings', keyValuePair, { access: 'readOnly' }),
    ]),
  ),
  navigations: byName([to('schema', [], { isCollection: false })]),
  elsewhere: new Set(['bulkupload']),
  sortable: [],
  isOpen: false,
}

export const synchronizationTemplateType: EntityType = {
  name: 'synchronizationTemplate',
  set: 'templates',
  properties: byName(
    allShown([
      text('id', { access: 'readOnly' }),
      text('applicationId', { access: 'readOnly' }),
      truth('default', { access: 'readOnly' }),
      text('description', { access: 'readOnly' }),
      truth('discoverable', { access: 'readOnly' }),
      text('factoryTag', { access: 'readOnly' }),
      complexes('metadata', complexType('synchronizationMetadataEntry', [text('key'), text('value')]), {
        access: 'readOnly',
      }),
      // A relationship of Microsoft's that is given inline.
      untyped('schema', { access: 'readOnly' }),
    ]),
  ),
  navigations: new Map(),
  elsewhere: new Set(),
  sortable: [],
  isOpen: false,
}

const readOnly = { access: 'readOnly' } as const

export const filterOperatorType: EntityType = {
  name: 'filterOperatorSchema',
  set: 'filterOperators',
  properties: byName(
    allShown([
      text('id', readOnly),
      // Microsoft's example has this instead of the id (graph-api.md 3.10): both are given.
      text('name', readOnly),
      text('arity', { ...readOnly, values: ['Binary', 'Unary'] }),
      text('multivaluedComparisonType', { ...readOnly, values: ['All', 'Any'] }),
      texts('supportedAttributeTypes', readOnly),
    ]),
  ),
  navigations: new Map(),
  elsewhere: new Set(),
  sortable: [],
  isOpen: false,
}

const functionParameter = complexType('attributeMappingParameterSchema', [
  truth('allowMultipleOccurrences'),
  text('name'),
  truth('required'),
  text('type'),
])

export const mappingFunctionType: EntityType = {
  name: 'attributeMappingFunctionSchema',
  set: 'functions',
  properties: byName(
    allShown([text('id', readOnly), text('name', readOnly), complexes('parameters', functionParameter, readOnly)]),
  ),
  navigations: new Map(),
  elsewhere: new Set(),
  sortable: [],
  isOpen: false,
}
