/* Tells a history as it plays, line by line with the virtual time: the same seed tells the same story, to the byte. */

export interface Story {
  readonly lines: readonly string[]
  tell(words: string): void
}

export function createStory(now: () => number): Story {
  const lines: string[] = []
  return {
    lines,
    tell: (words) => void lines.push(`${new Date(now()).toISOString()}  ${words}`),
  }
}
