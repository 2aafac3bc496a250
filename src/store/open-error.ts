/*
 * Why a store could not be opened, for the person who starts Muster: one line with what was found, why it matters and what
 * to do. Never holds a password: a PostgreSQL address is named without it.
 */

export class StoreOpenError extends Error {
  override readonly name = 'StoreOpenError'
}

const whyItMatters = 'Muster keeps everything it remembers there and does not start without it.'

export function storeOpenError(place: string, found: string, whatToDo: string, cause?: unknown): StoreOpenError {
  const message = `Cannot open the store ${place}: ${found}. ${whyItMatters} ${whatToDo}`
  return new StoreOpenError(message.replaceAll(/\s+/g, ' '), cause === undefined ? {} : { cause })
}

export function newerVersionError(place: string, found: number, known: number): StoreOpenError {
  return storeOpenError(
    place,
    `it was written by a newer Muster (version ${String(found)} of its tables; this program knows ${String(known)})`,
    'Start the newer Muster, or restore the backup made before the upgrade.',
  )
}
