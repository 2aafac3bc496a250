/*
 * Muster's own Graph API over HTTP, standing for a tenant: what is changed there by Graph arrives where the tenant is the source.
 * Its authority gives the operator key as the token.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'
import { createApi } from '../../src/api/index.ts'
import { apiPorts, operatorKey } from './api-ports.ts'
import { aWorld, type World } from './world.ts'

export type Json = Readonly<Record<string, unknown>>

export interface TenantService {
  readonly url: string
  /** The enterprise application whose assignments count, with a role for people. */
  readonly applicationId: string
  readonly roleId: string
  readonly secret: string
  readonly world: World
  /** Asks by way of Graph, and throws unless it succeeds. */
  ask(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Json>
  /** A person, by name; answers the id. */
  hire(name: string, more?: Json): Promise<string>
  group(name: string, members: readonly string[]): Promise<string>
  join(groupId: string, memberId: string): Promise<void>
  leave(groupId: string, memberId: string): Promise<void>
  /** Answers the id of the assignment. */
  assign(principalId: string): Promise<string>
  unassign(assignmentId: string): Promise<void>
  setManager(userId: string, managerId: string): Promise<void>
  /** How this service is named in the settings of a Muster that has it as its source. */
  readonly environment: Readonly<Record<string, string>>
  close(): Promise<void>
}

export const tenantSecret = 'a-client-secret-that-nobody-may-see'
const clientId = '11111111-2222-3333-4444-555555555555'
const tenantId = '3f1c0b52-8f0e-4a57-9d6a-5f2b7a1e9c10'
const roleId = '44444444-0000-4000-8000-000000000001'

function listenAsAuthority(): Promise<Server> {
  const server = createServer((asked, response) => {
    let form = ''
    asked.on('data', (part: Buffer) => (form += part.toString()))
    asked.on('end', () => {
      const isRight = new URLSearchParams(form).get('client_secret') === tenantSecret
      response.writeHead(isRight ? 200 : 401, { 'content-type': 'application/json' })
      response.end(
        JSON.stringify(
          isRight
            ? { token_type: 'Bearer', expires_in: 3599, access_token: operatorKey }
            : { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret provided.' },
        ),
      )
    })
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => void resolve(server)))
}

export async function aTenantService(): Promise<TenantService> {
  const world = await aWorld({ assignEverybody: false })
  const app = await createApi(apiPorts(world.ports))
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const authority = await listenAsAuthority()
  const authorityUrl = `http://127.0.0.1:${String((authority.address() as AddressInfo).port)}`

  async function ask(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<Json> {
    const answer = await request(`${url}/v1.0${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${String(answer.statusCode)} ${text}`)
    return text === '' ? {} : (JSON.parse(text) as Json)
  }
  const reference = (id: string): Json => ({ '@odata.id': `${url}/v1.0/directoryObjects/${id}` })
  const made = async (path: string, body: unknown): Promise<string> => String((await ask('POST', path, body))['id'])

  const role = { id: roleId, displayName: 'User', description: 'User', isEnabled: true, allowedMemberTypes: ['User'] }
  const application = await ask('POST', '/applications', { displayName: 'Slack', appRoles: [role] })
  const applicationId = await made('/servicePrincipals', { appId: application['appId'] })

  return {
    url,
    applicationId,
    roleId,
    secret: tenantSecret,
    world,
    ask,
    hire: (name, more = {}) => {
      const nickname = name.toLowerCase().replaceAll(' ', '.')
      return made('/users', {
        displayName: name,
        givenName: name.split(' ')[0],
        surname: name.split(' ')[1] ?? null,
        mailNickname: nickname,
        userPrincipalName: `${nickname}@acme.example`,
        mail: `${nickname}@acme.example`,
        accountEnabled: true,
        passwordProfile: { password: 'a password of a test 1!' },
        ...more,
      })
    },
    group: (name, members) =>
      made('/groups', {
        displayName: name,
        mailNickname: name.toLowerCase(),
        mailEnabled: false,
        securityEnabled: true,
        'members@odata.bind': members.map((id) => `${url}/v1.0/directoryObjects/${id}`),
      }),
    join: async (groupId, memberId) => void (await ask('POST', `/groups/${groupId}/members/$ref`, reference(memberId))),
    leave: async (groupId, memberId) => void (await ask('DELETE', `/groups/${groupId}/members/${memberId}/$ref`)),
    assign: (principalId) =>
      made(`/servicePrincipals/${applicationId}/appRoleAssignedTo`, {
        principalId,
        resourceId: applicationId,
        appRoleId: roleId,
      }),
    unassign: async (assignmentId) =>
      void (await ask('DELETE', `/servicePrincipals/${applicationId}/appRoleAssignedTo/${assignmentId}`)),
    setManager: async (userId, managerId) =>
      void (await ask('PUT', `/users/${userId}/manager/$ref`, reference(managerId))),
    environment: {
      MUSTER_SOURCE: 'entra',
      MUSTER_ENTRA_TENANT: tenantId,
      MUSTER_ENTRA_CLIENT_ID: clientId,
      MUSTER_ENTRA_CLIENT_SECRET: tenantSecret,
      MUSTER_ENTRA_AUTHORITY: authorityUrl,
      MUSTER_ENTRA_GRAPH: url,
      MUSTER_ENTRA_APPLICATION: 'Slack',
      MUSTER_ENTRA_EVERY: '1s',
    },
    async close() {
      await app.close()
      await new Promise((resolve) => {
        authority.close(resolve)
        authority.closeAllConnections()
      })
      await world.close()
    },
  }
}
