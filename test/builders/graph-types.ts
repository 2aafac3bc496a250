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
}

/** Types that take members nobody has declared (graph-api.md section 8). */
const open = new Set(['User'])

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
      return declarations.has(name) && !isEntity(name) ? { $ref: `#/definitions/${name}` } : {}
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
        ? schemaOf(declaration.type)
        : {
            type: 'object',
            properties: Object.fromEntries([
              ...membersOf(declaration),
              ...(beyondThePackage[name] ?? []).map((extra): [string, Schema] => [extra, {}]),
            ]),
            additionalProperties: open.has(name),
          },
    ]),
  )
}

const validators = new Map<string, ValidateFunction>()
let known: Readonly<Record<string, Schema>> | undefined

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
