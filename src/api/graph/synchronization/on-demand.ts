/* `provisionOnDemand` (graph-api.md 3.10, 4.4): one person or one group at once. A provisioning that fails is an answer. */
import { graphOnDemand } from '../../../provisioning/index.ts'
import { loggedInitiatorOf } from '../../caller.ts'
import type { Demands } from '../../demands.ts'
import { refuseUnconfigured } from '../../job-control.ts'
import { parametersOf } from '../bodies.ts'
import type { GraphPorts } from '../graph-ports.ts'
import { onlyOptions } from '../odata/query-string.ts'
import type { Operation } from '../operation.ts'
import { jobAt, synchronizationPath } from './places.ts'

export function onDemandOperations(ports: GraphPorts, demands: Demands): readonly Operation[] {
  return [
    {
      method: 'POST',
      template: `${synchronizationPath}/jobs/{id}/provisionOnDemand`,
      async handle(request) {
        onlyOptions(request.query, [])
        const { job } = await jobAt(ports, request)
        refuseUnconfigured(job)
        // A job that had credentials once may have lost them all since.
        const connection = await ports.api.connections.of(job)
        if (connection.state().origin === 'none') refuseUnconfigured({ ...job, status: 'NotConfigured' })
        const { parameters } = parametersOf(request.body, ['parameters'], 'provisionOnDemand')
        const wanted = await demands.wantedByGraph({ parameters }, job)
        const report = await demands.run(
          {
            ...wanted,
            job,
            isDryRun: false,
            // Whom it names it also removes, as Microsoft's service does (spec section 10).
            removals: null,
            initiatedBy: loggedInitiatorOf({ caller: request.caller, ip: request.address }),
          },
          request.gone(),
        )
        return {
          status: 200,
          body: {
            '@odata.context': `${request.root}/$metadata#microsoft.graph.stringKeyStringValuePair`,
            ...graphOnDemand(report),
          },
        }
      },
    },
  ]
}
