/** What keeps HTTPS from working, in words that say what to do. */
export class TlsError extends Error {
  override readonly name = 'TlsError'
}
