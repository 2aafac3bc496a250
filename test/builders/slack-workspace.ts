/*
 * A simulated Slack workspace for the simulator's own tests: frozen in time, without limits unless asked, and a way to
 * talk SCIM to it in one line.
 */
import { createSimulator } from '../../simulator/index.ts'
import type { Simulator, SimulatorOptions } from '../../simulator/index.ts'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** Undefined when the body is no JSON. */
  readonly json: unknown
}

export interface Workspace {
  readonly simulator: Simulator
  /** Sends with the administrator's token; a text goes out as it is, anything else as JSON. */
  send(method: string, url: string, body?: unknown, token?: string): Promise<Reply>
  idOf(name: string): string
}

export const v1 = 'urn:scim:schemas:core:1.0'
export const v2 = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'
export const enterprise1 = 'urn:scim:schemas:extension:enterprise:1.0'
export const enterprise2 = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const guest1 = 'urn:scim:schemas:extension:slack:guest:1.0'

export const workspaceStartedAt = Date.UTC(2026, 2, 2, 9, 0, 0)

export function aWorkspace(options: SimulatorOptions = {}): Workspace {
  const simulator = createSimulator({ latencyMs: 0, latencyJitterMs: 0, rateScale: 0, ...options })
  simulator.freezeClock(workspaceStartedAt)
  return {
    simulator,
    async send(method, url, body, token = simulator.token) {
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const response = await simulator.handle({ method, url, headers, body: text })
      const isJson = response.headers['content-type']?.startsWith('application/json') === true && response.body !== ''
      return {
        status: response.status,
        headers: response.headers,
        text: response.body,
        json: isJson ? JSON.parse(response.body) : undefined,
      }
    },
    idOf: (name) => simulator.person(name)?.id ?? simulator.group(name)?.id ?? `nobody called ${name}`,
  }
}

export function aUser(userName: string, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return { schemas: [v1], userName, emails: [{ value: `${userName}@acme.example` }], ...more }
}

/** The error name of a v1 answer. */
export function refusalOf({ json }: Reply): string {
  const description = (json as { readonly Errors?: { readonly description?: string } } | undefined)?.Errors?.description
  return description ?? 'no refusal'
}
