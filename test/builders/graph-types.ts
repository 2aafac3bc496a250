/*
 * Microsoft's own description of Graph's resources (`@microsoft/microsoft-graph-types`) as JSON Schema. Everything is optional
 * there; what is named must be of the right kind, and nothing else may be named.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv, type ValidateFunction } from 'ajv'
import ts from 'typescript'

type Schema = Readonly<Record<string, unknown>>

/** What Graph answers although the package does not know it: fields of /beta, and of documents older than the package. */
const beyondThePackage: Readonly<Record<string, readonly string[]>> = {
  Group: ['resourceBehaviorOptions', 'resourceProvisioningOptions'],
  ServicePrincipal: ['samlMetadataUrl', 'createdDateTime'],
  // Its documents show the name where its types have the id: both are given.
  FilterOperatorSchema: ['name'],
  AttributeMappingFunctionSchema: ['name'],
}

/** Types that take members nobody has declared (graph-api.md section 8). */
const open = new Set(['User', 'DetailsInfo', 'ProvisionedIdentity', 'ProvisioningSystem', 'Initiator'])

/** Several of these values in one text (graph-api.md section 8). */
const flags = new Set(['ObjectFlowTypes', 'DirectoryDefinitionDiscoverabilities'])

/** Relationships that are given inline, and so belong to what is checked. */
const inline = new Set(['SynchronizationSchema', 'DirectoryDefinition'])

/**
 * What must be there, since Microsoft's package calls everything optional: what its metadata does not let be null, and what
 * clients read (graph-api.md 3.7 to 3.11).
 */
const required: Readonly<Record<string, readonly string[]>> = {
  SynchronizationJob: ['id', 'templateId', 'schedule', 'status', 'synchronizationJobSettings'],
  SynchronizationSchedule: ['expiration', 'interval', 'state'],
  SynchronizationStatus: [
    'code',
    'countSuccessiveCompleteFailures',
    'escrowsPruned',
    'lastExecution',
    'lastSuccessfulExecution',
    'lastSuccessfulExecutionWithExports',
    'progress',
    'quarantine',
    'steadyStateFirstAchievedTime',
    'steadyStateLastAchievedTime',
    'synchronizedEntryCountByType',
    'troubleshootingUrl',
  ],
  SynchronizationTaskExecution: [
    'activityIdentifier',
    'countEntitled',
    'countEntitledForProvisioning',
    'countEscrowed',
    'countEscrowedRaw',
    'countExported',
    'countExports',
    'countImported',
    'countImportedDeltas',
    'countImportedReferenceDeltas',
    'error',
    'state',
    'timeBegan',
    'timeEnded',
  ],
  SynchronizationQuarantine: ['currentBegan', 'nextAttempt', 'seriesBegan', 'seriesCount', 'reason', 'error'],
  SynchronizationProgress: ['units', 'completedUnits', 'totalUnits', 'progressObservationDateTime'],
  SynchronizationError: ['code', 'message', 'tenantActionable'],
  KeyValuePair: ['name', 'value'],
  StringKeyLongValuePair: ['key', 'value'],
  StringKeyStringValuePair: ['key', 'value'],
  SynchronizationTemplate: [
    'id',
    'applicationId',
    'default',
    'description',
    'discoverable',
    'factoryTag',
    'metadata',
    'schema',
  ],
  SynchronizationSchema: ['id', 'version', 'synchronizationRules', 'directories'],
  SynchronizationRule: [
    'id',
    'name',
    'priority',
    'editable',
    'sourceDirectoryName',
    'targetDirectoryName',
    'objectMappings',
    'metadata',
    'containerFilter',
    'groupFilter',
  ],
  ObjectMapping: [
    'name',
    'enabled',
    'flowTypes',
    'sourceObjectName',
    'targetObjectName',
    'scope',
    'attributeMappings',
    'metadata',
  ],
  AttributeMapping: [
    'targetAttributeName',
    'source',
    'defaultValue',
    'matchingPriority',
    'flowType',
    'flowBehavior',
    'exportMissingReferences',
  ],
  AttributeMappingSource: ['expression', 'name', 'type', 'parameters'],
  DirectoryDefinition: ['id', 'name', 'readOnly', 'version', 'discoverabilities', 'discoveryDateTime', 'objects'],
  ObjectDefinition: ['name', 'attributes', 'supportedApis', 'metadata'],
  ProvisioningObjectSummary: [
    'id',
    'activityDateTime',
    'tenantId',
    'jobId',
    'cycleId',
    'changeId',
    'provisioningAction',
    'durationInMilliseconds',
    'provisioningStatusInfo',
    'provisioningSteps',
    'modifiedProperties',
    'servicePrincipal',
    'initiatedBy',
    'sourceIdentity',
    'targetIdentity',
    'sourceSystem',
    'targetSystem',
  ],
  ProvisioningStatusInfo: ['status', 'errorInformation'],
  ProvisioningErrorInfo: ['errorCode', 'reason', 'additionalDetails', 'errorCategory', 'recommendedAction'],
  ProvisioningStep: ['name', 'provisioningStepType', 'status', 'description', 'details'],
  ProvisioningServicePrincipal: ['id', 'displayName'],
  Initiator: ['id', 'displayName', 'initiatorType'],
  ProvisionedIdentity: ['id', 'displayName', 'identityType', 'details'],
  ProvisioningSystem: ['id', 'displayName', 'details'],
  ModifiedProperty: ['displayName', 'oldValue', 'newValue'],
  DirectoryAudit: [
    'id',
    'activityDateTime',
    'activityDisplayName',
    'category',
    'correlationId',
    'initiatedBy',
    'loggedByService',
    'operationType',
    'result',
    'resultReason',
    'targetResources',
    'additionalDetails',
  ],
  FilterOperatorSchema: ['id', 'name', 'arity', 'multivaluedComparisonType', 'supportedAttributeTypes'],
  AttributeMappingFunctionSchema: ['id', 'name', 'parameters'],
  AttributeMappingParameterSchema: ['name', 'type', 'required', 'allowMultipleOccurrences'],
  ParseExpressionResponse: ['parsingSucceeded', 'evaluationSucceeded', 'evaluationResult', 'parsedExpression', 'error'],
  AttributeDefinition: [
    'name',
    'type',
    'anchor',
    'caseExact',
    'required',
    'multivalued',
    'flowNullValues',
    'mutability',
    'defaultValue',
    'referencedObjects',
    'apiExpressions',
    'metadata',
  ],
}

function readDeclarations(): ReadonlyMap<string, ts.InterfaceDeclaration | ts.TypeAliasDeclaration> {
  const manifest = createRequire(import.meta.url).resolve('@microsoft/microsoft-graph-types/package.json')
  const path = manifest.replace(/package\.json$/, 'microsoft-graph.d.ts')
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest)
  const found = new Map<string, ts.InterfaceDeclaration | ts.TypeAliasDeclaration>()
  for (const statement of file.statements)
    if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
      found.set(statement.name.text, statement)
  return found
}

function definitions(): Readonly<Record<string, Schema>> {
  const declarations = readDeclarations()
  const nameOf = (name: ts.Node): string => (ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : '')

  function isEntity(name: string): boolean {
    const declaration = declarations.get(name)
    if (name === 'Entity' || declaration === undefined || !ts.isInterfaceDeclaration(declaration))
      return name === 'Entity'
    return (declaration.heritageClauses ?? []).some((clause) =>
      clause.types.some(({ expression }) => isEntity(nameOf(expression))),
    )
  }

  function schemaOf(type: ts.TypeNode): Schema {
    if (ts.isArrayTypeNode(type)) return { type: 'array', items: schemaOf(type.elementType) }
    if (ts.isParenthesizedTypeNode(type)) return schemaOf(type.type)
    if (ts.isUnionTypeNode(type)) return { anyOf: type.types.map(schemaOf) }
    if (ts.isLiteralTypeNode(type)) {
      return ts.isStringLiteral(type.literal) ? { const: type.literal.text } : { type: 'null' }
    }
    if (ts.isTypeReferenceNode(type)) {
      const name = nameOf(type.typeName)
      const [argument] = type.typeArguments ?? []
      if (name === 'NullableOption' && argument !== undefined) return { anyOf: [{ type: 'null' }, schemaOf(argument)] }
      // Relationships lead everywhere: what is expanded says its own type and is held against that.
      return declarations.has(name) && (inline.has(name) || !isEntity(name)) ? { $ref: `#/definitions/${name}` } : {}
    }
    switch (type.kind) {
      case ts.SyntaxKind.StringKeyword:
        return { type: 'string' }
      case ts.SyntaxKind.NumberKeyword:
        return { type: 'number' }
      case ts.SyntaxKind.BooleanKeyword:
        return { type: 'boolean' }
      default:
        return {}
    }
  }

  function membersOf(declaration: ts.InterfaceDeclaration): readonly [string, Schema][] {
    const inherited = (declaration.heritageClauses ?? []).flatMap((clause) =>
      clause.types.flatMap(({ expression }) => {
        const base = declarations.get(nameOf(expression))
        return base !== undefined && ts.isInterfaceDeclaration(base) ? membersOf(base) : []
      }),
    )
    const own = declaration.members.flatMap((member): readonly [string, Schema][] =>
      ts.isPropertySignature(member) && member.type !== undefined ? [[nameOf(member.name), schemaOf(member.type)]] : [],
    )
    return [...inherited, ...own]
  }

  return Object.fromEntries(
    [...declarations].map(([name, declaration]): [string, Schema] => [
      name,
      ts.isTypeAliasDeclaration(declaration)
        ? flags.has(name)
          ? flagsOf(schemaOf(declaration.type))
          : schemaOf(declaration.type)
        : {
            type: 'object',
            properties: Object.fromEntries([
              ...membersOf(declaration),
              ...(beyondThePackage[name] ?? []).map((extra): [string, Schema] => [extra, {}]),
            ]),
            additionalProperties: open.has(name),
            required: isEntity(name) && name !== 'DirectoryDefinition' ? [] : (required[name] ?? []),
          },
    ]),
  )
}

/** One of the words, or several with commas between. */
function flagsOf(words: Schema): Schema {
  const known = (words['anyOf'] as readonly { readonly const: string }[]).map((word) => word.const).join('|')
  return { type: 'string', pattern: `^(?:${known})(?:, ?(?:${known}))*$` }
}

const validators = new Map<string, ValidateFunction>()
let known: Readonly<Record<string, Schema>> | undefined

/** What must be there of a resource that was not narrowed by `$select`. */
export function missingOfResource(typeName: string, resource: object): readonly string[] {
  return (required[typeName] ?? [])
    .filter((name) => !Object.hasOwn(resource, name))
    .map((name) => `${typeName}: ${name} is missing`)
}

/** What is wrong with a resource of that type (`User`), annotations aside; nothing when it is as Microsoft says. */
export function faultsOfResource(typeName: string, resource: unknown): readonly string[] {
  known ??= definitions()
  let validate = validators.get(typeName)
  if (validate === undefined) {
    if (!Object.hasOwn(known, typeName)) throw new Error(`Microsoft knows no type ${typeName}.`)
    const ajv = new Ajv({ strict: false, validateSchema: false })
    validate = ajv.compile({ $ref: `#/definitions/${typeName}`, definitions: known })
    validators.set(typeName, validate)
  }
  validate(withoutAnnotations(resource))
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${typeName}${instancePath}: ${message ?? ''} ${JSON.stringify(params)}`,
  )
}

function withoutAnnotations(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAnnotations)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !name.includes('@'))
      .map(([name, inner]) => [name, withoutAnnotations(inner)]),
  )
}
