/* Why the service cannot start: one clear line for whoever started it, and exit code 2. */
export class ServiceStartError extends Error {
  override readonly name = 'ServiceStartError'
}
