/* A file as a writer makes it: a name and its text, which is written as UTF-8. */
export interface WrittenFile {
  readonly name: string
  readonly text: string
}
