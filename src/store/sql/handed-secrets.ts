/* Hashes of secrets handed out to people, used up once; and wrong passwords, counted before they are looked at. */
import type { AccountStore, HandedSecret } from '../account-store.ts'
import { first, type Database } from './session.ts'
import type { Row } from './tables.ts'

type SecretsAndAttempts = Pick<
  AccountStore,
  | 'handOut'
  | 'handed'
  | 'useUp'
  | 'endFamily'
  | 'purgeSecrets'
  | 'attempts'
  | 'beginAttempt'
  | 'forgetAttempts'
  | 'purgeAttempts'
>

function toSecret(row: Row<'handed_secret'>): HandedSecret {
  return {
    secretHash: row.secret_hash,
    kind: row.kind as HandedSecret['kind'],
    objectId: row.object_id,
    familyId: row.family_id,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    content: row.content,
  }
}

export function createHandedSecrets(database: Database): SecretsAndAttempts {
  const { committed } = database
  const { queries, isOneOf } = database.dialect

  return {
    handOut: ({ secretHash, kind, objectId, familyId, expiresAt, usedAt, content }) =>
      database.transaction((session) =>
        session.put('handed_secret', [
          {
            secret_hash: secretHash,
            kind,
            object_id: objectId,
            family_id: familyId,
            expires_at: expiresAt,
            used_at: usedAt,
            content,
          },
        ]),
      ),

    async handed(secretHash) {
      const row = await first(
        committed,
        queries.selectFrom('handed_secret').selectAll().where('secret_hash', '=', secretHash),
      )
      return row === undefined ? null : toSecret(row)
    },

    useUp: (secretHash, at) =>
      database.transaction(async (session) => {
        const isFirst =
          (await session.run(
            queries
              .updateTable('handed_secret')
              .set({ used_at: at })
              .where('secret_hash', '=', secretHash)
              .where('used_at', 'is', null),
          )) === 1
        const row = await first(
          session,
          queries.selectFrom('handed_secret').selectAll().where('secret_hash', '=', secretHash),
        )
        return row === undefined ? null : { ...toSecret(row), usedAt: isFirst ? null : row.used_at }
      }),

    async endFamily(familyId) {
      await database.transaction((session) =>
        session.run(queries.deleteFrom('handed_secret').where('family_id', '=', familyId)),
      )
    },

    purgeSecrets: (expiredBefore, limit) =>
      database.transaction(async (session) => {
        const rows = await session.all(
          queries
            .selectFrom('handed_secret')
            .select('secret_hash')
            .where('expires_at', '<', expiredBefore)
            .orderBy('expires_at')
            .limit(limit),
        )
        if (rows.length === 0) return 0
        const hashes = rows.map((row) => row.secret_hash)
        return await session.run(queries.deleteFrom('handed_secret').where(isOneOf('secret_hash', hashes)))
      }),

    async attempts(key) {
      const row = await first(
        committed,
        queries.selectFrom('sign_in_attempt').selectAll().where('attempt_key', '=', key),
      )
      return row === undefined ? null : { failures: row.failures, waitsUntil: row.waits_until }
    },

    beginAttempt: (key, now, waitsUntil) =>
      database.transaction(async (session) => {
        const fresh = { attempt_key: key, failures: 0, waits_until: 0 }
        await session.run(
          queries
            .insertInto('sign_in_attempt')
            .values(fresh)
            .onConflict((on) => on.doNothing()),
        )
        // Of two at once the second waits here, and then looks again whether attempts wait.
        const counted = await first(
          session,
          queries
            .updateTable('sign_in_attempt')
            .set((eb) => ({ failures: eb('failures', '+', 1) }))
            .where('attempt_key', '=', key)
            .where('waits_until', '<=', now)
            .returning('failures'),
        )
        if (counted === undefined) return null
        await session.run(
          queries
            .updateTable('sign_in_attempt')
            .set({ waits_until: waitsUntil(counted.failures) })
            .where('attempt_key', '=', key),
        )
        return { failures: counted.failures }
      }),

    async forgetAttempts(key) {
      await database.transaction((session) =>
        session.run(queries.deleteFrom('sign_in_attempt').where('attempt_key', '=', key)),
      )
    },

    purgeAttempts: (endedBefore, limit) =>
      database.transaction(async (session) => {
        const rows = await session.all(
          queries
            .selectFrom('sign_in_attempt')
            .select('attempt_key')
            .where('waits_until', '<', endedBefore)
            .orderBy('waits_until')
            .limit(limit),
        )
        if (rows.length === 0) return 0
        const keys = rows.map((row) => row.attempt_key)
        return await session.run(queries.deleteFrom('sign_in_attempt').where(isOneOf('attempt_key', keys)))
      }),
  }
}
