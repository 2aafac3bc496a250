/* Asks before something is done to people: says the consequence first. */
import { createInterface } from 'node:readline/promises'
import { CommandError, exitCodes } from './exit-codes.ts'

/** On a terminal asks; elsewhere only `--yes` will do. */
export async function confirm(consequence: string, isConfirmed: boolean): Promise<void> {
  if (isConfirmed) return
  if (!process.stdin.isTTY || !process.stdout.isTTY) {
    throw new CommandError(
      exitCodes.notConfirmed,
      `${consequence} Nothing was done: repeat with --yes if that is meant.`,
    )
  }
  const asking = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await asking.question(`${consequence} Go on? [y/N] `)
  asking.close()
  if (!/^y(es)?$/i.test(answer.trim())) throw new CommandError(exitCodes.notConfirmed, 'Nothing was done.')
}
