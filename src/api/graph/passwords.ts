/* `addPassword` and `removePassword` of applications and service principals: secrets by which programs sign in (graph-api.md 4.1). */
import { addSecret, removeSecret } from '../../directory/index.ts'
import type { DirectoryApplication } from '../../store/store.ts'
import type { JsonObject } from '../../vocabulary/index.ts'
import { applicationByKey } from './applications.ts'
import { objectBody, readComplex } from './bodies.ts'
import { badRequest } from './graph-problem.ts'
import type { GraphPorts } from './graph-ports.ts'
import { onlyOptions } from './odata/query-string.ts'
import { keyAt, noContent, type Operation } from './operation.ts'
import { nameKey, types } from './types/index.ts'

export function passwordOperations(
  { directory, clock }: GraphPorts,
  objectType: DirectoryApplication['objectType'],
): readonly Operation[] {
  const set = objectType === 'Application' ? types.application.set : types.servicePrincipal.set
  return [
    {
      method: 'POST',
      template: `/${set}/{id}/addPassword`,
      async handle(request) {
        onlyOptions(request.query, [])
        const application = await applicationByKey(directory, objectType, keyAt(request))
        const wanted = readWanted(request.body)
        const { credential, secretText } = await addSecret(directory, application, {
          displayName: textOrNull(wanted['displayName']),
          startsAt: instantOrNull(wanted['startDateTime']),
          endsAt: instantOrNull(wanted['endDateTime']),
          now: clock.now(),
        })
        return {
          status: 200,
          body: {
            '@odata.context': `${request.root}/$metadata#microsoft.graph.passwordCredential`,
            ...credential,
            secretText,
          },
        }
      },
    },
    {
      method: 'POST',
      template: `/${set}/{id}/removePassword`,
      async handle(request) {
        onlyOptions(request.query, [])
        const application = await applicationByKey(directory, objectType, keyAt(request))
        const keyId = partOf(objectBody(request.body), 'keyId')
        if (typeof keyId !== 'string') throw badRequest("'keyId' of the secret to remove is expected in the body.")
        await removeSecret(directory, application, keyId.toLowerCase())
        return noContent
      },
    },
  ]
}

/** Nothing has to be said about a new secret. */
function readWanted(body: unknown): JsonObject {
  if (body === undefined) return {}
  const given = partOf(objectBody(body), 'passwordCredential')
  if (given === undefined || given === null) return {}
  const wanted = readComplex(types.application, 'passwordCredentials', given)
  if (textOrNull(wanted['secretText']) !== null)
    throw badRequest("'secretText' cannot be chosen: it is made here, and told in the answer.")
  return wanted
}

function partOf(body: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.entries(body).find(([each]) => nameKey(each) === nameKey(name))?.[1]
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

function instantOrNull(value: unknown): number | null {
  const text = textOrNull(value)
  return text === null ? null : Date.parse(text)
}
