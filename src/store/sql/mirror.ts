/* What a directory that mirrors another system remembers of it: how far each reading is, and what was seen in which. */
import type { DirectoryTransaction, MirrorReads } from '../store.ts'
import { first, type Session } from './session.ts'

export function createMirrorReads(session: Session): MirrorReads {
  const { queries, isOneOf } = session.dialect
  return {
    async mirrorState(name) {
      const row = await first(session, queries.selectFrom('mirror_state').select('state').where('name', '=', name))
      return row?.state ?? null
    },
    async mirrorRounds(kind, keys) {
      if (keys.length === 0) return new Map()
      const rows = await session.all(
        queries
          .selectFrom('mirror_entry')
          .select(['entry_key', 'round'])
          .where('kind', '=', kind)
          .where(isOneOf('entry_key', keys)),
      )
      return new Map(rows.map((row) => [row.entry_key, row.round]))
    },
    async mirrorUnseen({ kind, round, after, limit }) {
      let query = queries
        .selectFrom('mirror_entry')
        .select('entry_key')
        .where('kind', '=', kind)
        .where('round', '<', round)
      if (after !== null) query = query.where('entry_key', '>', after)
      const rows = await session.all(query.orderBy('entry_key').limit(limit))
      return rows.map((row) => row.entry_key)
    },
    async countMirrored(kind, round) {
      const rows = await session.all(
        queries
          .selectFrom('mirror_entry')
          .select((eb) => ['round', eb.fn.countAll<number>().as('count')])
          .where('kind', '=', kind)
          .groupBy('round'),
      )
      const sum = (counted: typeof rows): number => counted.reduce((all, row) => all + Number(row.count), 0)
      return { all: sum(rows), unseen: sum(rows.filter((row) => row.round < round)) }
    },
  }
}

export function createMirrorWrites(
  session: Session,
): Pick<DirectoryTransaction, 'putMirrorState' | 'noteMirrored' | 'forgetMirrored'> {
  const { queries } = session.dialect
  return {
    async putMirrorState(name, state) {
      await session.put('mirror_state', [{ name, state }])
    },
    async noteMirrored(kind, keys, round) {
      await session.put(
        'mirror_entry',
        keys.map((key) => ({ kind, entry_key: key, round })),
      )
    },
    async forgetMirrored(kind, keys) {
      if (keys === 'all') await session.run(queries.deleteFrom('mirror_entry').where('kind', '=', kind))
      else
        await session.remove(
          'mirror_entry',
          keys.map((key) => ({ kind, entry_key: key })),
        )
    },
  }
}
