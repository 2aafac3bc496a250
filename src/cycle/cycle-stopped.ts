/* A cycle is ended from outside, between two objects: by whoever stops the service, pauses the job or takes it over. */
export class CycleStoppedError extends Error {
  override readonly name = 'CycleStoppedError'
}
