/*
 * A whole Muster in memory, asked by way of Graph. Every answer is held against Microsoft's description of the resources in it
 * and against what every answer has (graph-api.md 1.2 to 1.5), whatever else a test looks at.
 */
import { createApi, type ConnectionPort } from '../../src/api/index.ts'
import { apiPorts } from './api-ports.ts'
import { faultsOfResource, missingOfResource } from './graph-types.ts'
import { aWorld, type World, type WorldOptions } from './world.ts'

export type Json = Readonly<Record<string, unknown>>

export interface GraphAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  /** Empty when there is no body. */
  readonly body: Json
  readonly text: string
  /** `value` of a list. */
  readonly value: readonly Json[]
}

export interface GraphWorld extends World {
  /** An address below the root: `/v1.0` is put before it when no version is. */
  ask(method: string, address: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<GraphAnswer>
  get(address: string, headers?: Readonly<Record<string, string>>): Promise<GraphAnswer>
  /** Every page of a list, and the link at its end when there is one. */
  pages(
    address: string,
  ): Promise<{ readonly items: readonly Json[]; readonly deltaLink: string | null; readonly pages: number }>
  /** How often the jobs were woken. */
  woken(): number
}

export const graphRoot = 'http://localhost'

export async function aGraphWorld(options: WorldOptions = {}, connection?: ConnectionPort): Promise<GraphWorld> {
  const world = await aWorld({ assignEverybody: false, ...options })
  let wakes = 0
  const app = await createApi({
    ...apiPorts(world.ports, connection),
    wake: () => {
      wakes += 1
    },
  })

  async function ask(
    method: string,
    address: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<GraphAnswer> {
    const url = address.startsWith(graphRoot) ? address.slice(graphRoot.length) : address
    const response = await app.inject({
      method: method as 'GET',
      url: /^\/(v1\.0|beta|metadata)/i.test(url) ? url : `/v1.0${url}`,
      headers: { host: 'localhost', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const isJson = String(response.headers['content-type'] ?? '').startsWith('application/json')
    const parsed = isJson && response.body !== '' ? (JSON.parse(response.body) as Json) : {}
    const answer: GraphAnswer = {
      status: response.statusCode,
      headers: response.headers,
      body: parsed,
      text: response.body,
      value: Array.isArray(parsed['value']) ? (parsed['value'] as readonly Json[]) : [],
    }
    refuseFaults(`${method} ${address}`, answer)
    return answer
  }

  return {
    ...world,
    ask,
    get: (address, headers) => ask('GET', address, undefined, headers),
    async pages(address) {
      const items: Json[] = []
      let next: string | null = address
      let deltaLink: string | null = null
      let pages = 0
      while (next !== null) {
        const answer = await ask('GET', next)
        if (answer.status !== 200) throw new Error(`${next}: ${answer.text}`)
        items.push(...answer.value)
        pages += 1
        next = linkOf(answer.body, '@odata.nextLink')
        deltaLink = linkOf(answer.body, '@odata.deltaLink')
      }
      return { items, deltaLink, pages }
    },
    woken: () => wakes,
    async close() {
      await app.close()
      await world.close()
    },
  }
}

function linkOf(body: Json, name: string): string | null {
  const link = body[name]
  return typeof link === 'string' ? link : null
}

const typeOfSet: Readonly<Record<string, string>> = {
  users: 'User',
  groups: 'Group',
  applications: 'Application',
  servicePrincipals: 'ServicePrincipal',
  applicationTemplates: 'ApplicationTemplate',
  appRoleAssignments: 'AppRoleAssignment',
  appRoleAssignedTo: 'AppRoleAssignment',
  roleDefinitions: 'UnifiedRoleDefinition',
  roleAssignments: 'UnifiedRoleAssignment',
  jobs: 'SynchronizationJob',
  templates: 'SynchronizationTemplate',
  schema: 'SynchronizationSchema',
  provisioning: 'ProvisioningObjectSummary',
  directoryAudits: 'DirectoryAudit',
  directories: 'DirectoryDefinition',
  'microsoft.graph.filterOperatorSchema': 'FilterOperatorSchema',
  'microsoft.graph.attributeMappingFunctionSchema': 'AttributeMappingFunctionSchema',
  'microsoft.graph.stringKeyStringValuePair': 'StringKeyStringValuePair',
  'microsoft.graph.parseExpressionResponse': 'ParseExpressionResponse',
}

/** The last name of `#groups('1')/members(id)/$entity`, as a type of Microsoft's; `null` where each item says it itself. */
function typeOfContext(context: string): string | null {
  const collection = /#Collection\((microsoft\.graph\.\w+)\)$/.exec(context)?.[1]
  if (collection !== undefined) return typeOfSet[collection] ?? null
  const path = context.slice(context.indexOf('#') + 1).replaceAll(/\([^()]*(?:\([^()]*\)[^()]*)*\)/g, '')
  const names = path.split('/').filter((name) => !name.startsWith('$'))
  return typeOfSet[names.at(-1) ?? ''] ?? null
}

function refuseFaults(what: string, { status, headers, body, text }: GraphAnswer): void {
  const fail = (found: string): never => {
    throw new Error(`${what}: ${found}\n${text.slice(0, 2000)}`)
  }
  if (what.includes('/metadata')) return
  if (typeof headers['request-id'] !== 'string' || typeof headers['client-request-id'] !== 'string')
    fail('the answer has no request-id')
  if (status >= 400) {
    const error = body['error'] as Json | undefined
    const inner = error?.['innerError'] as Json | undefined
    if (typeof error?.['code'] !== 'string' || typeof error['message'] !== 'string' || error['message'] === '')
      fail('the error has no envelope')
    const date = String(inner?.['date'])
    if (inner?.['request-id'] !== headers['request-id'] || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(date))
      fail('the error has no request id, or no date')
    return
  }
  const context = body['@odata.context']
  if (typeof context !== 'string') return
  if (!context.startsWith(graphRoot)) fail('the context is of another host')
  const ofAll = typeOfContext(context)
  const items = Array.isArray(body['value']) ? (body['value'] as readonly Json[]) : [body]
  for (const item of items) {
    const own = item['@odata.type']
    const typeName =
      typeof own === 'string'
        ? own.replace(/^#microsoft\.graph\.(.)/, (_, first: string) => first.toUpperCase())
        : ofAll
    if (typeName === null) continue
    const isWhole = !/\)(?:\/\$entity)?$/.test(context)
    const faults = [...faultsOfResource(typeName, item), ...(isWhole ? missingOfResource(typeName, item) : [])]
    if (faults.length > 0) fail(faults.join('\n'))
  }
}
