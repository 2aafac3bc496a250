/*
 * Names the way in which a text changes, so that a thousand changed values become a few sentences.
 */

const words = (text: string): readonly string[] => text.split(/[\s.,;_-]+/).filter((word) => word !== '')
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '')
const lettersAndDigits = (text: string): string => text.replace(/[^\p{L}\p{N}]/gu, '')

/** Whether the words of one text stand in the other in the same order, with more between them. */
function standsIn(few: readonly string[], many: readonly string[]): boolean {
  let at = 0
  for (const word of many) if (word === few[at]) at += 1
  return few.length > 0 && at === few.length && few.length < many.length
}

/** To stand behind the name of the attribute; `changes` when nothing more special can be said. */
export function nameChange(before: string, after: string): string {
  if (before.toLowerCase() === after.toLowerCase()) return 'changes in upper and lower case only'
  if (plain(before) === plain(after)) return 'changes in accents only'
  if (lettersAndDigits(before) === lettersAndDigits(after)) return 'changes in signs and blanks only'
  if (/^\d+$/.test(after.slice(before.length)) && after.startsWith(before)) return 'gets a number behind it'
  const [from, to] = [words(before), words(after)]
  if (standsIn(to, from)) {
    const isMiddle = from[0] === to[0] && from.at(-1) === to.at(-1)
    return isMiddle ? 'loses a part in the middle' : 'loses a part'
  }
  if (standsIn(from, to)) return 'gets another part'
  if (before.startsWith(after)) return 'is cut short'
  if (after.startsWith(before)) return 'gets longer'
  return 'changes'
}
