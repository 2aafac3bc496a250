/*
 * `/synchronization/secrets` and Test Connection (graph-api.md 3.10, 4.1). Values go in and never come out; what of them is a
 * setting of the job steers it at once.
 */
import { slackTemplateId } from '../../../provisioning/index.ts'
import {
  ConnectionRefusal,
  ConnectorError,
  type ConnectionReport,
  type JsonObject,
  type SecretPair,
  type SynchronizationJob,
} from '../../../vocabulary/index.ts'
import { changeSettings, warningsOf } from '../../muster/settings.ts'
import { parametersOf } from '../bodies.ts'
import { badRequest, GraphProblem } from '../graph-problem.ts'
import type { GraphPorts } from '../graph-ports.ts'
import { onlyOptions } from '../odata/query-string.ts'
import { noContent, type Answer, type GraphRequest, type Operation } from '../operation.ts'
import { valueMissing } from '../write-rules.ts'
import { jobAt, jobsOf, principalAt, synchronizationPath } from './places.ts'
import { maskedValue, readSecretPairs, settingsIn, withStored } from './secret-pairs.ts'
import { templateNamed } from './templates.ts'

export function secretOperations(ports: GraphPorts): readonly Operation[] {
  const { api } = ports

  async function maskedSecrets(ownerId: string): Promise<readonly JsonObject[]> {
    return (await api.secrets.list(ownerId)).map(({ key }) => ({ key, value: maskedValue }))
  }

  /** The set is these from now on. Settings are changed first: what is refused there leaves everything as it was. */
  async function replace(request: GraphRequest, given: unknown, name: string): Promise<Answer> {
    onlyOptions(request.query, [])
    const principal = await principalAt(ports, request)
    const ownerId = principal.objectId
    const pairs = withStored(readSecretPairs(given, name), await api.secrets.list(ownerId))
    const warnings = new Set<string>()
    for (const job of await jobsOf(ports, principal))
      for (const warning of await steer(job, pairs)) warnings.add(warning)
    await api.secrets.replace(ownerId, pairs)
    api.wake()
    // RFC 9110 5.5 lets no other character into a header.
    const told = [...warnings].map((each) => `299 muster "${each.replaceAll(/[^\x20-\x7e]|["\\]/g, "'")}"`)
    return told.length === 0 ? noContent : { ...noContent, headers: { warning: told.join(', ') } }
  }

  /** What an administrator should know of the settings these pairs have made. */
  async function steer(job: SynchronizationJob, pairs: readonly SecretPair[]): Promise<readonly string[]> {
    const wanted = settingsIn(pairs, job.settings)
    const changes = Object.fromEntries(
      Object.entries(wanted).filter(
        ([name, value]) => JSON.stringify(value) !== JSON.stringify(job.settings[name as keyof typeof wanted]),
      ),
    )
    if (Object.keys(changes).length > 0) await changeSettings(api, { job, changes, isDryRun: false })
    const isAboutTelling = wanted.notifications !== undefined
    return isAboutTelling ? warningsOf({ ...job.settings, ...wanted }) : []
  }

  /** `204`, or why the target refuses; nothing is stored. */
  async function validate(
    of: { readonly servicePrincipalId: string; readonly templateId: string },
    { useSavedCredentials, credentials }: Asked,
  ): Promise<Answer> {
    const isGiven = useSavedCredentials !== true && credentials !== undefined && credentials !== null
    const pairs = isGiven
      ? withStored(readSecretPairs(credentials, 'credentials'), await api.secrets.list(of.servicePrincipalId))
      : null
    return await answerTest(() => api.connections.test({ ...of, ...(pairs === null ? {} : { pairs }) }))
  }

  return [
    {
      method: 'GET',
      template: synchronizationPath,
      async handle(request) {
        onlyOptions(request.query, [])
        const { objectId } = await principalAt(ports, request)
        return {
          status: 200,
          body: {
            '@odata.context': `${request.root}/$metadata#servicePrincipals('${objectId}')/synchronization/$entity`,
            id: objectId,
            secrets: await maskedSecrets(objectId),
          },
        }
      },
    },
    {
      method: 'PUT',
      template: synchronizationPath,
      handle: async (request) =>
        await replace(request, parametersOf(request.body, ['secrets'], 'synchronization').secrets, 'secrets'),
    },
    {
      method: 'GET',
      template: `${synchronizationPath}/secrets`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { objectId } = await principalAt(ports, request)
        return {
          status: 200,
          body: {
            '@odata.context': `${request.root}/$metadata#servicePrincipals('${objectId}')/synchronization/secrets`,
            value: await maskedSecrets(objectId),
          },
        }
      },
    },
    {
      method: 'PUT',
      template: `${synchronizationPath}/secrets`,
      handle: async (request) =>
        await replace(request, parametersOf(request.body, ['value'], 'secrets').value, 'value'),
    },
    {
      method: 'POST',
      template: `${synchronizationPath}/jobs/{id}/validateCredentials`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { job } = await jobAt(ports, request)
        return await validate(job, askedOf(request))
      },
    },
    {
      method: 'POST',
      template: `${synchronizationPath}/jobs/validateCredentials`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { objectId } = await principalAt(ports, request)
        const asked = askedOf(request)
        if (typeof asked.templateId !== 'string') throw valueMissing('templateId', 'validateCredentials')
        const template = templateNamed(asked.templateId)
        if (template === undefined)
          throw badRequest(`There is no synchronization template '${asked.templateId.slice(0, 100)}'.`)
        return await validate({ servicePrincipalId: objectId, templateId: template.templateId }, asked)
      },
    },
    {
      method: 'POST',
      template: `${synchronizationPath}/acquireAccessToken`,
      async handle(request) {
        onlyOptions(request.query, [])
        const principal = await principalAt(ports, request)
        const { credentials } = parametersOf(request.body, ['credentials'], 'acquireAccessToken')
        const given = readSecretPairs(credentials, 'credentials')
        const known = [...given, ...(await api.secrets.list(principal.objectId))]
        const [code, clientId, clientSecret, redirectUrl] = (
          ['Oauth2AuthorizationCode', 'Oauth2ClientId', 'Oauth2ClientSecret', 'Oauth2RedirectUri'] as const
        ).map((name) => valueFor(known, name))
        const [job] = await jobsOf(ports, principal)
        const connection = await api.connections.of(
          job ?? { servicePrincipalId: principal.objectId, templateId: slackTemplateId },
        )
        const app = { clientId: clientId ?? '', clientSecret: clientSecret ?? '' }
        return await answerTest(() => connection.takeCode(code ?? '', app, redirectUrl ?? ''))
      },
    },
  ]
}

/** `204`, or why the target refuses. */
async function answerTest(test: () => Promise<ConnectionReport>): Promise<Answer> {
  try {
    const report = await test()
    if (report.isAccepted) return noContent
    const failed = report.steps.at(-1)
    throw new GraphProblem(
      400,
      'CredentialsRefused',
      `${failed?.sentence ?? 'The target refused.'} ${failed?.remedy ?? ''}`.trim(),
    )
  } catch (error) {
    if (error instanceof ConnectorError || error instanceof ConnectionRefusal)
      throw new GraphProblem(400, error.code, error.message)
    throw error
  }
}

function valueFor(pairs: readonly SecretPair[], name: string): string {
  const value = pairs.find((pair) => pair.key === name && pair.value !== '')?.value
  if (value !== undefined) return value
  throw badRequest(
    `'${name}' is neither in the credentials nor in the secrets, and without it no code of a consent page can be exchanged.`,
  )
}

interface Asked {
  readonly useSavedCredentials?: unknown
  readonly credentials?: unknown
  readonly templateId?: unknown
}

const askedOf = ({ body }: GraphRequest): Asked =>
  parametersOf(
    body,
    ['useSavedCredentials', 'credentials', 'templateId', 'applicationIdentifier'],
    'validateCredentials',
  )
