/*
 * Which workspace a service principal may steer. Links of one workspace must never meet another, and two that steer the same
 * one undo each other's work, unless somebody has said that they share it.
 */
import type { Store } from '../store/store.ts'
import type { ConnectionNotes, Place } from './connection-notes.ts'
import { simulatorOrigin, type PlaceGuard } from './own-connection.ts'

export interface GuardPorts {
  readonly store: Pick<Store, 'jobs' | 'provisioning' | 'getValue'>
  readonly notes: ConnectionNotes
  /** Has secrets of its own that lead somewhere. */
  readonly hasOwn: (servicePrincipalId: string) => Promise<boolean>
  /** Where the settings lead; `null` where nobody can say. */
  readonly installationPlace: () => Promise<Place | null>
  /** The installation was first used with a simulator: its people are an example. */
  readonly isExample: () => Promise<boolean>
}

const isSame = (one: Place | null, other: Place): boolean =>
  one !== null && one.origin === other.origin && one.teamId === other.teamId

export function placeGuard(servicePrincipalId: string, ports: GuardPorts): PlaceGuard {
  const { store, notes } = ports

  const countLinks = async (jobId: string): Promise<number> =>
    (await store.provisioning.countLinks(jobId)).reduce((sum, { count }) => sum + count, 0)

  async function placeNow(id: string): Promise<Place | null> {
    const note = await notes.of(id)
    if (await ports.hasOwn(id)) return note.place
    return note.usesInstallation ? await ports.installationPlace() : note.place
  }

  async function refuse(place: Place): Promise<string | null> {
    const isSimulator = place.origin === simulatorOrigin
    if (!isSimulator && (await ports.isExample()))
      return `The people of this data folder were first provisioned to a simulator on this machine, and ${place.origin} is none, so nothing may be sent there: name a fresh folder with MUSTER_DATA (or another DATABASE_URL).`
    const jobs = await store.jobs.list()
    const note = await notes.of(servicePrincipalId)
    const known = note.place ?? (note.usesInstallation ? await ports.installationPlace() : null)
    let own = 0
    for (const job of jobs) if (job.servicePrincipalId === servicePrincipalId) own += await countLinks(job.jobId)
    if (own > 0) {
      // Who steers it already is no newcomer.
      if (known === null || isSame(known, place)) return null
      return `This is ${place.team} (${place.teamId}), and ${String(own)} people and groups of this application are linked to accounts in ${known.team} (${known.teamId}), so they would meet the wrong ones: delete the job and make another one, or enter a token of ${known.team}.`
    }
    // A simulator has nobody to shut out.
    if (isSimulator || note.sharesWorkspace) return null
    for (const job of jobs) {
      const { servicePrincipalId: id } = job
      if (id === servicePrincipalId || (await notes.of(id)).sharesWorkspace) continue
      if (!isSame(await placeNow(id), place)) continue
      const links = await countLinks(job.jobId)
      if (links > 0)
        return `The job "${job.servicePrincipalDisplayName}" steers ${place.team} (${place.teamId}) already, with ${String(links)} people and groups, and each job would undo what the other does: use that job, or say that they share the workspace with muster jobs share.`
    }
    return null
  }

  return {
    refuse,
    enter: async (place) => {
      const refusal = await refuse(place)
      if (refusal === null && !isSame((await notes.of(servicePrincipalId)).place, place))
        await notes.change(servicePrincipalId, { place })
      return refusal
    },
  }
}
