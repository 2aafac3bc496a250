/*
 * How people sign in (issue 6): pages in a browser, the authorize endpoint that programs send them to, and what these programs
 * get at the token endpoint. Nothing here needs to know the caller beforehand.
 */
import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createExternalProvider, type AccountPorts } from '../../accounts/index.ts'
import type { ApiPorts } from '../ports.ts'
import { clientOf, isOwnScope } from '../token/index.ts'
import { acceptPath, accountPageRoutes, accountPath, passkeyOptionsPath, signOutPath } from './account-pages.ts'
import { assetRoutes } from './assets.ts'
import { authorizePath, authorizeRoutes } from './authorize.ts'
import { createBrowser } from './browser.ts'
import { externalCallbackPath, externalHref, externalPath, externalRoutes } from './external.ts'
import { scriptPath, stylePath } from './html.ts'
import { endSessionPath, sessionEndRoutes, revokePath } from './session-end.ts'
import { sendRefusalPages } from './refusal-pages.ts'
import { commandLineClient, type SignInClient } from './redirects.ts'
import { createWayIn } from './way-in.ts'

export { personGrants } from './grants.ts'
export { userInfoRoutes } from './user-info.ts'

/** Nobody can be known here yet; pages look for the browser's session themselves. */
export const openSignInRoutes: readonly string[] = [
  authorizePath,
  endSessionPath,
  revokePath,
  accountPath,
  acceptPath,
  signOutPath,
  `${accountPath}/password`,
  `${accountPath}/passkeys`,
  `${accountPath}/passkeys/remove`,
  passkeyOptionsPath,
  externalPath,
  externalCallbackPath,
  scriptPath,
  stylePath,
]

const visited: ReadonlySet<string> = new Set([
  authorizePath,
  endSessionPath,
  accountPath,
  acceptPath,
  externalCallbackPath,
])

/** A page of another site, or a mail, may lead a person here: it changes nothing until a form of ours is sent. */
export function isSignInVisit({ method, routeOptions }: FastifyRequest): boolean {
  return method === 'GET' && routeOptions.url !== undefined && visited.has(routeOptions.url)
}

/** A form has some hundred bytes, a passkey's answer some thousand. */
const bodyBytesMax = 64 * 1024

const listOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : []

const redirectsOf = (value: unknown): readonly string[] =>
  typeof value === 'object' && value !== null && 'redirectUris' in value ? listOf(value.redirectUris) : []

/** Programs that people may be sent here by: those of the directory, and the command line. */
export function createClientNamed({ cycle: { store } }: ApiPorts): (appId: string) => Promise<SignInClient | null> {
  return async (appId) => {
    if (appId === commandLineClient.appId) return commandLineClient
    const client = await clientOf(store.directory, appId)
    if (client?.isEnabled !== true) return null
    const { web, spa, publicClient } = client.application.properties
    return {
      appId: client.appId,
      displayName: client.displayName,
      redirects: { web: redirectsOf(web), spa: redirectsOf(spa), publicClient: redirectsOf(publicClient) },
    }
  }
}

export async function signInRoutes(app: FastifyInstance, ports: ApiPorts): Promise<void> {
  const accountPorts: AccountPorts = { store: ports.cycle.store, clock: ports.cycle.clock }
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: bodyBytesMax },
    (_request, body, done) => {
      done(null, body)
    },
  )
  await app.register(cookie)
  sendRefusalPages(app, ports)
  const browser = createBrowser(accountPorts)
  const external =
    ports.externalSignIn === undefined ? null : createExternalProvider(accountPorts, ports.externalSignIn)
  if (external !== null) externalRoutes(app, browser, external)
  const other = external === null ? null : { label: external.label, hrefTo: externalHref }
  const wayIn = createWayIn(accountPorts, browser, other)
  assetRoutes(app)
  accountPageRoutes(app, ports, { accountPorts, browser, wayIn })
  sessionEndRoutes(app, { accountPorts, browser, clientNamed: createClientNamed(ports) })
  authorizeRoutes(app, {
    accountPorts,
    browser,
    wayIn,
    tenant: ports.tokenService.tenant,
    clientNamed: createClientNamed(ports),
    isOwnScope: (scope, request) => isOwnScope(scope, request.serviceOrigin),
  })
}
