/*
 * Goes on with the older version of the API where a workspace does not offer the newer one (slack.md 1.6): nothing took
 * effect when Slack said so, so the call is made again in the older version, and all later ones go there directly.
 */
import { ConnectorError } from '../../vocabulary/index.ts'
import type { TargetConnector } from '../target.ts'

export function withOlderVersion(newer: TargetConnector, older: TargetConnector): TargetConnector {
  let current = newer

  async function call<Result>(ask: (target: TargetConnector) => Promise<Result>): Promise<Result> {
    const asked = current
    try {
      return await ask(asked)
    } catch (error) {
      if (asked === older || !isUnsupported(error)) throw error
      current = older
      return ask(older)
    }
  }

  return {
    describe: () => current.describe(),
    asStored: (objectType, attributes) => current.asStored(objectType, attributes),
    checkCredentials: () => call((target) => target.checkCredentials()),
    listObjects: async function* (objectType) {
      const asked = current
      try {
        yield* asked.listObjects(objectType)
      } catch (error) {
        if (asked === older || !isUnsupported(error)) throw error
        current = older
        yield* older.listObjects(objectType)
      }
    },
    find: (request) => call((target) => target.find(request)),
    read: (objectType, anchor) => call((target) => target.read(objectType, anchor)),
    write: (write) => call((target) => target.write(write)),
    budgets: () => [...(newer.budgets?.() ?? []), ...(older.budgets?.() ?? [])],
    traffic: () => {
      const [one, other] = [newer.traffic(), older.traffic()]
      return {
        requests: one.requests + other.requests,
        writes: one.writes + other.writes,
        throttled: one.throttled + other.throttled,
      }
    },
    close: async () => {
      await newer.close()
      await older.close()
    },
  }
}

function isUnsupported(error: unknown): boolean {
  return error instanceof ConnectorError && error.targetErrorName === 'unsupported_version'
}
