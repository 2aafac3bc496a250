/*
 * A constant that takes a few milliseconds to work out and is not always needed.
 */

export function once<T extends object>(make: () => T): () => T {
  let made: T | null = null
  return () => (made ??= make())
}
