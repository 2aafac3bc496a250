/*
 * Decides which user names a new person may have in Slack, in order of preference: what the mapping offers, spelt as Slack
 * takes it, then numbered ones without end. Which of them is free is the cycle's question.
 */
import transliterate from '@sindresorhus/transliterate'

/** Slack takes 21 characters, Microsoft's tutorial says under 21; 20 suits both (spec section 18). */
export const userNameLengthMax = 20

/**
 * Words that Slack keeps for itself. Its list is not published: the first six are those of slack.md 3.2, the others name
 * the product and the two channels every workspace begins with, because people and channels share their names.
 */
export const reservedUserNames: ReadonlySet<string> = new Set([
  'admin',
  'channel',
  'everyone',
  'group',
  'here',
  'slackbot',
  'slack',
  'general',
  'random',
])

export interface UserNameRequest {
  /** What the mapping offers, the best first, as `spellUserName` spells it; read only as far as needed. */
  readonly spelt: Iterable<string>
  /** The person's id in the source: the last resort, and the same in every run. */
  readonly anchor: string
  /** Names nobody may get beside the reserved ones: those of channels. */
  readonly avoided: ReadonlySet<string>
}

/** Every name once; it never ends by itself, unless `spelt` fails to. */
export function* userNames({ spelt, anchor, avoided }: UserNameRequest): Generator<string, void> {
  const given = new Set<string>()
  const isNew = (name: string): boolean => {
    if (given.has(name) || reservedUserNames.has(name) || avoided.has(name)) return false
    given.add(name)
    return true
  }
  let base = ''
  for (const text of spelt) {
    const name = cut(text, userNameLengthMax)
    if (name === '') continue
    if (base === '') base = name
    if (isNew(name)) yield name
  }
  if (base === '') {
    // Nobody can read the name in Latin letters (CJK, Thai, Hebrew), and there is no mail alias either.
    base = cut(`user-${spellUserName(anchor, null).slice(0, 8)}`, userNameLengthMax)
    if (isNew(base)) yield base
  }
  for (let number = 2; ; number += 1) {
    const ending = String(number)
    const name = `${cut(base, userNameLengthMax - ending.length)}${ending}`
    if (isNew(name)) yield name
  }
}

/**
 * The text in letters that Slack takes, in full length; `''` when nothing of it can be written so. Parts are joined by
 * dots; an address is its local part (slack.md 3.2). A language has its own way with letters: ü is ue in German and u in
 * Turkish.
 */
export function spellUserName(text: string, language: string | null): string {
  const at = text.indexOf('@')
  const local = at > 0 ? text.slice(0, at) : text
  return inLatinLetters(local, language)
    .toLowerCase()
    .replace(/['’‘ʼʹ`´]/g, '')
    .replace(/[^a-z0-9._-]+/g, '.')
    .replace(/([._-])[._-]+/g, '$1')
    .replace(/^[._-]+|[._-]+$/g, '')
}

const plainText = /^[\x00-\x7f]*$/

function inLatinLetters(text: string, language: string | null): string {
  if (plainText.test(text)) return text
  // Wide letters and ligatures are plain ones; what follows is missing from the library, or another language's spelling.
  const known = text
    .normalize('NFKC')
    .replace(/ο[υύ]/giu, 'ou')
    .replace(/щ/giu, 'shch')
    .replace(/[гґ]/giu, (letter) => (language?.startsWith('uk') === true && /г/iu.test(letter) ? 'h' : 'g'))
    .replace(/ŧ/giu, 't')
    .replace(/ǥ/giu, 'g')
  return transliterate(known, language === null ? {} : { locale: language })
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
}

/** No name ends in a dot, a dash or a low line because it was too long. */
function cut(name: string, length: number): string {
  return name.slice(0, length).replace(/[._-]+$/, '')
}

/**
 * Names that may stand in each other's way have one family: a name, its numbered forms (to four digits), and the name that
 * is such a form itself. Whoever shares a family chooses in order of arrival, so that a plan and the run agree.
 */
export function nameFamily(name: string): string {
  return name.slice(0, userNameLengthMax - 4).replace(/[._\d-]*$/, '')
}
