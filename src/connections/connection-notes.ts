/*
 * What is remembered of a service principal's connection besides its secrets: whether it uses the one of the installation,
 * where its links belong, and whether somebody said that another may steer the same workspace.
 */
import { z } from 'zod'
import type { Store } from '../store/store.ts'

const note = z.object({
  /** It has the connection of the settings as long as it has no secrets of its own. */
  usesInstallation: z.boolean(),
  /** An administrator has said that it may steer a workspace that another one steers too. */
  sharesWorkspace: z.boolean(),
  /** The workspace it was last connected to by its own secrets. */
  place: z.object({ origin: z.string(), teamId: z.string(), team: z.string() }).nullable(),
})

export type ConnectionNote = z.infer<typeof note>
export type Place = NonNullable<ConnectionNote['place']>

const none: ConnectionNote = { usesInstallation: false, sharesWorkspace: false, place: null }

export interface ConnectionNotes {
  of(servicePrincipalId: string): Promise<ConnectionNote>
  change(servicePrincipalId: string, change: Partial<ConnectionNote>): Promise<void>
  forget(servicePrincipalId: string): Promise<void>
}

export function connectionNotes(store: Pick<Store, 'getValue' | 'setValue'>): ConnectionNotes {
  const nameOf = (servicePrincipalId: string): string => `connection ${servicePrincipalId}`

  async function of(servicePrincipalId: string): Promise<ConnectionNote> {
    const text = await store.getValue(nameOf(servicePrincipalId))
    return text === null || text === '' ? none : note.parse(JSON.parse(text))
  }

  return {
    of,
    change: async (id, change) => {
      await store.setValue(nameOf(id), JSON.stringify({ ...(await of(id)), ...change }))
    },
    forget: (id) => store.setValue(nameOf(id), ''),
  }
}
