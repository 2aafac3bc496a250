/* Which resource a program asks a token for (graph-api.md 2.1): there is one, and it has several names. */
import { graphAppId, isLoopbackName } from '../../vocabulary/index.ts'
import { OauthProblem } from './oauth-problem.ts'

/** Hosts of Microsoft's clouds, which scripts have written into them. */
const microsoftHosts = new Set([
  'graph.microsoft.com',
  'graph.microsoft.us',
  'dod-graph.microsoft.us',
  'microsoftgraph.chinacloudapi.cn',
])

/** `{resource}/.default`, one resource a request; `root` is how this service was called. */
export function refuseBadScope(scope: string, root: string): void {
  const refuse = (reason: string): never => {
    throw new OauthProblem(
      'badScope',
      `The provided value for the input parameter 'scope' is not valid. ${reason} For a program it is ${root}/.default, or https://graph.microsoft.com/.default.`,
    )
  }
  const names = scope.split(' ').filter((name) => name !== '')
  const [name = ''] = names
  if (names.length !== 1) refuse('Exactly one scope is taken.')
  const resource = /^(.+?)\/{1,2}\.default$/.exec(name)?.[1]
  if (resource === undefined) refuse(`The scope '${name.slice(0, 200)}' does not end in /.default.`)
  else if (!isThisService(resource, root)) refuse(`The resource '${resource.slice(0, 200)}' is not this service.`)
}

/** What a person may grant: there is one permission, to act as that person, with several names. */
export function isOwnScope(scope: string, root: string): boolean {
  const [, resource, name = scope] = /^(.+?)\/{1,2}([^/]+)$/.exec(scope) ?? []
  if (name !== delegatedScope && (name !== '.default' || resource === undefined)) return false
  return resource === undefined || isThisService(resource, root)
}

export const delegatedScope = 'user_impersonation'

function isThisService(resource: string, root: string): boolean {
  if (resource.toLowerCase() === graphAppId || resource.toLowerCase() === `api://${graphAppId}`) return true
  if (!URL.canParse(resource)) return false
  const [asked, own] = [new URL(resource), new URL(root)]
  if (asked.pathname !== '/' || asked.search !== '' || asked.username !== '') return false
  if (asked.protocol === 'https:' && microsoftHosts.has(asked.hostname)) return true
  return (
    asked.host === own.host ||
    (asked.port === own.port && isLoopbackName(asked.hostname) && isLoopbackName(own.hostname))
  )
}
