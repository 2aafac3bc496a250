/* Which Slack the data of an installation belongs to: links and people of one must never meet another. */
import { ServiceStartError } from '../service-error.ts'
import type { Settings } from '../settings.ts'
import type { Store } from '../store/store.ts'
import { valueOnce } from './value-once.ts'
import { isLoopbackName } from '../vocabulary/index.ts'

/** Every simulator is the same place; each real Slack is one of its own. */
function placeOf(slackUrl: string): string {
  const { hostname: host, origin } = new URL(slackUrl)
  return isLoopbackName(host) ? 'a simulator on this machine' : origin
}

/**
 * Links and people of one workspace must never meet another: a data folder belongs to the place it was first used with, and
 * to the workspace or org it was first connected to. `null` when nothing speaks against it.
 */
async function refusalOfPlace(store: Store, settings: Settings): Promise<string | null> {
  const place = placeOf(settings.slackUrl)
  const known = await valueOnce(store, 'slackPlace', () => place)
  if (known === place) return null
  return (
    `The data of this installation belongs to ${known}, and the setting slackUrl names ${place}. ` +
    'People and links of one must not reach the other'
  )
}

export async function refuseOtherPlace(store: Store, settings: Settings): Promise<void> {
  const refusal = await refusalOfPlace(store, settings)
  if (refusal === null) return
  throw new ServiceStartError(`${refusal}: name a fresh folder with MUSTER_DATA (or another DATABASE_URL).`)
}

export async function refusalOfTeam(
  store: Store,
  settings: Settings,
  teamId: string,
  team: string,
): Promise<string | null> {
  const known = await store.getValue('slackTeam')
  if (known === null || known === teamId) return await refusalOfPlace(store, settings)
  return `This is the workspace or org ${team} (${teamId}), and the data of this installation belongs to ${known}. People and links of one must not reach the other.`
}
