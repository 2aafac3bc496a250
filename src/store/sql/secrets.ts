/* Sealed secrets, one row each. What they say is known to nobody here. */
import type { SealedSecret, SecretStore } from '../store.ts'
import type { Database, Session } from './session.ts'
import type { Row } from './tables.ts'

const toSecret = (row: Row<'sealed_secret'>): SealedSecret => ({
  ownerId: row.owner_id,
  name: row.name,
  keyId: row.key_id,
  sealed: row.sealed,
})

export function createSecrets(database: Database): SecretStore {
  const { committed, dialect } = database
  const { queries } = dialect
  const selectAll = queries.selectFrom('sealed_secret').selectAll()

  async function put(
    session: Session,
    ownerId: string,
    secrets: readonly Omit<SealedSecret, 'ownerId'>[],
  ): Promise<void> {
    await session.run(queries.deleteFrom('sealed_secret').where('owner_id', '=', ownerId))
    await session.put(
      'sealed_secret',
      secrets.map(({ name, keyId, sealed }) => ({ owner_id: ownerId, name, key_id: keyId, sealed })),
    )
  }

  return {
    async list(ownerId) {
      const rows = await committed.all(selectAll.where('owner_id', '=', ownerId).orderBy('name'))
      return rows.map(toSecret)
    },

    replace: (ownerId, secrets) => database.transaction((session) => put(session, ownerId, secrets)),

    replaceIf: (ownerId, known, secrets) =>
      database.transaction(async (session) => {
        const rows = await session.all(
          selectAll.where('owner_id', '=', ownerId).orderBy('name').modifyEnd(dialect.keepingRows),
        )
        const isAsKnown =
          rows.length === known.length &&
          rows.every((row) => known.some(({ name, sealed }) => name === row.name && sealed === row.sealed))
        if (isAsKnown) await put(session, ownerId, secrets)
        return isAsKnown
      }),

    async notSealedWith(keyId, { after, limit }) {
      let query = selectAll.where('key_id', '!=', keyId)
      if (after !== null) {
        const { ownerId, name } = after
        query = query.where((eb) =>
          eb.or([eb('owner_id', '>', ownerId), eb.and([eb('owner_id', '=', ownerId), eb('name', '>', name)])]),
        )
      }
      const rows = await committed.all(query.orderBy('owner_id').orderBy('name').limit(limit))
      return rows.map(toSecret)
    },

    async countByKey() {
      const rows = await committed.all(
        queries
          .selectFrom('sealed_secret')
          .select((eb) => ['key_id', eb.fn.countAll<number>().as('count')])
          .groupBy('key_id')
          .orderBy('key_id'),
      )
      return rows.map(({ key_id: keyId, count }) => ({ keyId, count: Number(count) }))
    },

    reseal: (changes) =>
      database.transaction(async (session) => {
        let put = 0
        for (const { ownerId, name, keyId, sealed, before } of changes) {
          put += await session.run(
            queries
              .updateTable('sealed_secret')
              .set({ key_id: keyId, sealed })
              .where('owner_id', '=', ownerId)
              .where('name', '=', name)
              .where('sealed', '=', before),
          )
        }
        return put
      }),

    removeSealedWith: (keyId) =>
      database.transaction((session) => session.run(queries.deleteFrom('sealed_secret').where('key_id', '=', keyId))),
  }
}
