/* Accounts of people who sign in, and their passkeys. */
import type { Account, Passkey } from '../../vocabulary/index.ts'
import type { AccountChange, AccountStore } from '../account-store.ts'
import { forgetRolesOf } from './access.ts'
import { foldForIndex, foldText, foldTogether } from './folded-text.ts'
import { groupRows } from './grouped-rows.ts'
import { fromJson } from './json-columns.ts'
import { first, type Database, type Session } from './session.ts'
import type { Row } from './tables.ts'

type AccountsAndPasskeys = Pick<
  AccountStore,
  | 'create'
  | 'get'
  | 'byPrincipalName'
  | 'byExternalIdentity'
  | 'list'
  | 'change'
  | 'delete'
  | 'passkeys'
  | 'passkey'
  | 'addPasskey'
  | 'notePasskeyUse'
  | 'removePasskey'
>

function fromAccount(account: Account): Row<'account'> {
  return {
    object_id: account.objectId,
    user_principal_name: account.userPrincipalName,
    folded_principal_name: foldForIndex(account.userPrincipalName),
    folded_names: foldTogether([account.objectId, account.userPrincipalName, account.displayName]),
    display_name: account.displayName,
    is_disabled: account.isDisabled ? 1 : 0,
    password_hash: account.passwordHash,
    external_issuer: account.externalIdentity?.issuer ?? null,
    external_subject: account.externalIdentity?.subject ?? null,
    created_at: account.createdAt,
    last_sign_in_at: account.lastSignInAt,
    epoch: account.epoch,
  }
}

function toAccount(row: Row<'account'>): Account {
  return {
    objectId: row.object_id,
    userPrincipalName: row.user_principal_name,
    displayName: row.display_name,
    isDisabled: row.is_disabled === 1,
    passwordHash: row.password_hash,
    externalIdentity:
      row.external_issuer === null || row.external_subject === null
        ? null
        : { issuer: row.external_issuer, subject: row.external_subject },
    createdAt: row.created_at,
    lastSignInAt: row.last_sign_in_at,
    epoch: row.epoch,
  }
}

function toPasskey(row: Row<'account_passkey'>): Passkey {
  return {
    credentialId: row.credential_id,
    objectId: row.object_id,
    publicKey: row.public_key,
    counter: row.counter,
    transports: fromJson<readonly string[]>(row.transports),
    name: row.name,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  }
}

export function createAccounts(database: Database): AccountsAndPasskeys {
  const { committed } = database
  const { queries, isOneOf, contains, keepingRows } = database.dialect

  async function found(session: Session, objectId: string): Promise<Account | null> {
    const query = queries.selectFrom('account').selectAll().where('object_id', '=', objectId).modifyEnd(keepingRows)
    const row = await first(session, query)
    return row === undefined ? null : toAccount(row)
  }

  return {
    create: (account) =>
      database.transaction(async (session) => {
        const row = fromAccount(account)
        return (
          (await session.run(
            queries
              .insertInto('account')
              .values(row)
              .onConflict((on) => on.doNothing()),
          )) === 1
        )
      }),

    async get(objectId) {
      const row = await first(committed, queries.selectFrom('account').selectAll().where('object_id', '=', objectId))
      return row === undefined ? null : toAccount(row)
    },

    async byPrincipalName(name) {
      const row = await first(
        committed,
        queries.selectFrom('account').selectAll().where('folded_principal_name', '=', foldForIndex(name)),
      )
      // Of a very long name the index holds the beginning.
      return row === undefined || foldText(row.user_principal_name) !== foldText(name) ? null : toAccount(row)
    },

    async byExternalIdentity(issuer, subject) {
      const row = await first(
        committed,
        queries
          .selectFrom('account')
          .selectAll()
          .where('external_issuer', '=', issuer)
          .where('external_subject', '=', subject),
      )
      return row === undefined ? null : toAccount(row)
    },

    async list({ text, after, limit }) {
      const matching = queries.selectFrom('account').where(contains('folded_names', foldText(text)))
      const counted = await first(
        committed,
        matching.select(({ fn }) => fn.countAll<number>().as('total')),
      )
      const from = after === null ? matching : matching.where('folded_principal_name', '>', after)
      const rows = await committed.all(
        from
          .selectAll()
          .orderBy('folded_principal_name')
          .limit(limit + 1),
      )
      const shown = rows.slice(0, limit)
      return {
        accounts: shown.map(toAccount),
        total: Number(counted?.total ?? 0),
        cursor: rows.length > limit ? (shown.at(-1)?.folded_principal_name ?? null) : null,
      }
    },

    change: (objectId, change, { endsSessions } = { endsSessions: false }) =>
      database.transaction(async (session) => {
        const before = await found(session, objectId)
        if (before === null) return false
        const after = { ...before, ...onlyGiven(change), epoch: before.epoch + (endsSessions ? 1 : 0) }
        await session.put('account', [fromAccount(after)])
        if (endsSessions) await session.run(queries.deleteFrom('handed_secret').where('object_id', '=', objectId))
        return true
      }),

    delete: (objectId) =>
      database.transaction(async (session) => {
        await session.run(queries.deleteFrom('handed_secret').where('object_id', '=', objectId))
        await session.run(queries.deleteFrom('account_passkey').where('object_id', '=', objectId))
        const isDeleted = (await session.run(queries.deleteFrom('account').where('object_id', '=', objectId))) === 1
        if (isDeleted) await forgetRolesOf(session, [objectId])
        return isDeleted
      }),

    async passkeys(objectIds) {
      if (objectIds.length === 0) return new Map()
      const rows = await committed.all(
        queries
          .selectFrom('account_passkey')
          .selectAll()
          .where(isOneOf('object_id', objectIds))
          .orderBy('created_at')
          .orderBy('credential_id'),
      )
      return groupRows(rows, (row) => row.object_id, toPasskey)
    },

    async passkey(credentialId) {
      const row = await first(
        committed,
        queries.selectFrom('account_passkey').selectAll().where('credential_id', '=', credentialId),
      )
      return row === undefined ? null : toPasskey(row)
    },

    addPasskey: (passkey) =>
      database.transaction(async (session) => {
        const row: Row<'account_passkey'> = {
          credential_id: passkey.credentialId,
          object_id: passkey.objectId,
          public_key: passkey.publicKey,
          counter: passkey.counter,
          transports: JSON.stringify(passkey.transports),
          name: passkey.name,
          created_at: passkey.createdAt,
          last_used_at: passkey.lastUsedAt,
        }
        const insert = queries.insertInto('account_passkey').values(row)
        return (await session.run(insert.onConflict((on) => on.doNothing()))) === 1
      }),

    async notePasskeyUse(credentialId, { counter, at }) {
      await database.transaction((session) =>
        session.run(
          queries
            .updateTable('account_passkey')
            .set({ counter, last_used_at: at })
            .where('credential_id', '=', credentialId),
        ),
      )
    },

    removePasskey: (objectId, credentialId) =>
      database.transaction(
        async (session) =>
          (await session.run(
            queries
              .deleteFrom('account_passkey')
              .where('object_id', '=', objectId)
              .where('credential_id', '=', credentialId),
          )) === 1,
      ),
  }
}

function onlyGiven(change: AccountChange): Partial<Account> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
}
