/*
 * Numbers that only grow: positions in the change feed and in the log. They come from a row, not from a sequence: whoever
 * took a number keeps the row until the transaction ends, so numbers are committed in the order they were given out and no
 * reader of PostgreSQL passes one that is still to come.
 */
import { first, type Session } from './session.ts'

export type CounterName = 'change' | 'journal' | 'logEntry' | 'auditEntry' | 'access'

/** Takes that many numbers in a row and answers the first. */
export async function takeNumbers(session: Session, name: CounterName, count: number): Promise<number> {
  const { queries } = session.dialect
  const row = await first(
    session,
    queries
      .updateTable('counter')
      .set((eb) => ({ value: eb('value', '+', count) }))
      .where('name', '=', name)
      .returning('value'),
  )
  if (row === undefined)
    throw new Error(`The counter "${name}" is missing from the database: restore it from a backup.`)
  return row.value - count + 1
}

/** From here to its end the transaction is the only one that can take numbers of this name. */
export async function keepCounter(session: Session, name: CounterName): Promise<void> {
  const { queries, keepingRows } = session.dialect
  await session.all(queries.selectFrom('counter').select('value').where('name', '=', name).modifyEnd(keepingRows))
}
