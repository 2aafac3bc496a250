/* How a command ends, for scripts. Documented in the README and in `muster --help`. */
export const exitCodes = {
  /** Done. */
  ok: 0,
  /** The command ran, and what it did or found has failures. */
  failed: 1,
  /** It could not begin: wrong words, settings, files, port, or no service to talk to. */
  cannotBegin: 2,
  /** A name fits nobody or several. */
  notFound: 3,
  /** It would remove people and was not confirmed. */
  notConfirmed: 4,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** Ends a command with a message for a person. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exitCode: ExitCode
  readonly details: Readonly<Record<string, unknown>>
  constructor(exitCode: ExitCode, message: string, details: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.exitCode = exitCode
    this.details = details
  }
}
