/* `/me`: the person who asks. A program is nobody, and is told so in Graph's words. */
import { badRequest } from './graph-problem.ts'
import type { GraphPorts } from './graph-ports.ts'
import { entityOfObject, entityOfValues } from './odata/entity.ts'
import type { Operation } from './operation.ts'
import { answerEntity } from './single.ts'
import { types } from './types/index.ts'

export function signedInOperations(ports: GraphPorts): readonly Operation[] {
  return [
    {
      method: 'GET',
      template: '/me',
      async handle(request) {
        if (request.caller.kind !== 'person')
          throw badRequest(
            '/me request is only valid with delegated authentication flow: it is the person who signed in, and here a program asks. Name a person with /users/{id}.',
          )
        const { objectId: id, displayName, userPrincipalName } = request.caller
        const [object] = await ports.directory.objects([id])
        // Whoever signs in need not be of the directory (docs/decisions/0032).
        const user =
          object?.presence === 'present'
            ? entityOfObject(object)
            : entityOfValues(types.user, id, { id, displayName, userPrincipalName })
        return await answerEntity(ports, request, user, { set: types.user.set })
      },
    },
  ]
}
