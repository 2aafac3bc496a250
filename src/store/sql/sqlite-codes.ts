/* SQLite's primary result codes (sqlite.org/rescode.html) that the store knows what to do with. */

export const sqliteCodes = {
  busy: 5,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const

export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined
  // The low byte is the primary code, the rest says more.
  return error.errcode & 0xff
}
