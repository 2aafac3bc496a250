/* A secret does not belong on a command line, where other users see it: it is typed unseen, or comes by a pipe. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

export async function readSecret(question: string): Promise<string> {
  if (!process.stdin.isTTY) {
    let text = ''
    for await (const chunk of process.stdin) text += String(chunk)
    return text.replace(/\r?\n$/, '')
  }
  process.stdout.write(question)
  const unseen = new Writable({
    write: (_chunk, _encoding, done) => {
      done()
    },
  })
  const asking = createInterface({ input: process.stdin, output: unseen, terminal: true })
  const text = await asking.question('')
  asking.close()
  process.stdout.write('\n')
  return text
}
