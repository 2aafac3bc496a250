/*
 * Which values Slack takes, refuses or changes, attribute by attribute (slack.md 3.2 to 3.4, 4 and 5.2): what can be said
 * before anything is sent. The messages hold no value, so that they may be shown of redacted ones too.
 */
import type { ObjectTypeName, TargetAttributes, TargetValue, ValueFinding } from '../vocabulary/index.ts'

interface ValueRule extends ValueFinding {
  /** Whether the rule speaks of this text. */
  readonly concerns: (text: string) => boolean
}

interface AttributeRules {
  /** Nobody else may have the value, whatever its case. */
  readonly isUnique: boolean
  /** What Slack says when it is empty; `null` when it may be. */
  readonly whenEmpty: ValueFinding | null
  readonly rules: readonly ValueRule[]
}

function refused(code: string, message: string, concerns: ValueRule['concerns']): ValueRule {
  return { verdict: 'refused', code, message, concerns }
}

function changed(message: string, concerns: ValueRule['concerns']): ValueRule {
  return { verdict: 'changed', code: null, message, concerns }
}

const empty = (code: string): ValueFinding => ({ verdict: 'refused', code, message: 'empty, and Slack needs a value' })

/** slack.md 3.2: 21 fits, 22 fails. */
export const userNameLengthMax = 21
/** slack.md 3.3. */
const displayNameLengthMax = 80
/** Inferred (slack.md section 4): Slack publishes no limit for names of groups. */
const groupNameLengthMax = 255

/** The list is not published; these are known (slack.md 3.2). */
const reservedWords: ReadonlySet<string> = new Set(['here', 'channel', 'everyone', 'group', 'slackbot', 'admin'])
const isReserved = (text: string): boolean => reservedWords.has(text.trim().toLowerCase())

/** Pictures, and signs that a variation selector turns into one; digits and the signs of copyright and trade mark are text. */
const emoji =
  /\p{Emoji_Presentation}|(?![\0-\u22FF])\p{Extended_Pictographic}|\p{Extended_Pictographic}\uFE0F|[0-9#*]\uFE0F?\u20E3/u
const isPlain = (text: string): boolean => /^[ -~]*$/.test(text)

const ofAnyText: readonly ValueRule[] = [
  refused('invalid_emoji_not_allowed', 'has an emoji', (text) => !isPlain(text) && emoji.test(text)),
]
const ofWords: readonly ValueRule[] = [
  ...ofAnyText,
  refused('invalid_reserved_word', 'is a word Slack keeps for itself', isReserved),
]

/** Slack cuts an address to its local part before it looks at the rest. */
const localPart = (text: string): string => (text.indexOf('@') > 0 ? text.slice(0, text.indexOf('@')) : text)

function ofUserNames(tooLong: string, emptyCode: string): AttributeRules {
  return {
    isUnique: true,
    whenEmpty: empty(emptyCode),
    rules: [
      refused(
        tooLong,
        `is longer than the ${String(userNameLengthMax)} characters Slack takes`,
        (text) => [...localPart(text)].length > userNameLengthMax,
      ),
      refused('username_invalid', 'has neither a letter nor a digit', (text) => !/[A-Za-z0-9]/.test(localPart(text))),
      refused('username_not_allowed', 'is a word Slack keeps for itself', (text) => isReserved(localPart(text))),
      changed('is an address: Slack keeps the part before the @', (text) => text.indexOf('@') > 0),
      changed('has characters Slack turns into _ (it keeps letters a to z, digits, . _ -)', (text) =>
        /[^A-Za-z0-9._-]/u.test(localPart(text)),
      ),
      changed('has capitals, which Slack makes small', (text) => /[A-Z]/.test(localPart(text))),
    ],
  }
}

const texts: AttributeRules = { isUnique: false, whenEmpty: null, rules: ofWords }
/** Never shown as text, so nothing is refused in them. */
const untouched: AttributeRules = { isUnique: false, whenEmpty: null, rules: [] }

const userRules: ReadonlyMap<string, AttributeRules> = new Map([
  ['active', untouched],
  ['externalId', untouched],
  ['profileUrl', untouched],
  ['photos[type eq "photo"].value', untouched],
  ['userName', ofUserNames('long_username', 'username_empty')],
  // An alias of userName (slack.md 3.2).
  ['nickName', { ...ofUserNames('long_nickname', 'username_empty'), isUnique: false }],
  [
    'displayName',
    {
      isUnique: false,
      whenEmpty: null,
      rules: [
        ...ofWords,
        refused('invalid_starts_with_at', 'begins with @', (text) => text.startsWith('@')),
        refused('invalid_name_specials', 'has an @ or a control character', (text) => /^.+@|\p{Cc}/u.test(text)),
        refused(
          'invalid_name_maxlength',
          `is longer than the ${String(displayNameLengthMax)} characters Slack takes`,
          (text) => [...text].length > displayNameLengthMax,
        ),
        changed(
          "has characters Slack turns into _ (it keeps letters, digits, blanks and . _ - ' ( [ { } ] ) , / ;)",
          (text) => /[^\p{L}\p{M}\p{N} ._\-'([{}\]),/;@\p{Cc}]/u.test(text),
        ),
      ],
    },
  ],
  [
    'emails[type eq "work"].value',
    {
      isUnique: true,
      whenEmpty: empty('email_empty'),
      rules: [
        refused(
          'email_invalid',
          'is no e-mail address',
          (text) => !/^[^\s@"(),:;<>[\\\]]+@[^\s@.]+(\.[^\s@.]+)*$/.test(text),
        ),
        changed('has capitals, which Slack makes small', (text) => /[A-Z]/.test(text)),
      ],
    },
  ],
])

const groupRules: ReadonlyMap<string, AttributeRules> = new Map([
  [
    'displayName',
    {
      isUnique: true,
      whenEmpty: empty('group_creation_failed'),
      rules: [
        refused(
          'group_creation_failed',
          `is longer than ${String(groupNameLengthMax)} characters`,
          (text) => text.length > groupNameLengthMax,
        ),
      ],
    },
  ],
  ['members', untouched],
])

const rulesOf = (objectType: ObjectTypeName, attribute: string): AttributeRules =>
  (objectType === 'User' ? userRules : groupRules).get(attribute) ?? texts

/** What Slack would do with this value; nothing when it takes it as it is. */
export function findSlackProblems(
  objectType: ObjectTypeName,
  attribute: string,
  value: TargetValue,
): readonly ValueFinding[] {
  if (typeof value === 'boolean' || typeof value === 'number') return []
  if (typeof value === 'object') return value.flatMap((each) => findSlackProblems(objectType, attribute, each))
  const { rules, whenEmpty } = rulesOf(objectType, attribute)
  if (value.trim() === '') return whenEmpty === null ? [] : [whenEmpty]
  const found = rules.filter((rule) => rule.concerns(value))
  return found.map(({ verdict, code, message }) => ({ verdict, code, message }))
}

/** Attributes whose values nobody else may have. */
export const slackUniqueAttributes: Readonly<Record<ObjectTypeName, readonly string[]>> = {
  User: [...userRules].flatMap(([name, { isUnique }]) => (isUnique ? [name] : [])),
  Group: [...groupRules].flatMap(([name, { isUnique }]) => (isUnique ? [name] : [])),
}

const nameless: ValueFinding = {
  verdict: 'refused',
  code: 'invalid_name_required',
  message: 'both empty, and Slack needs one of them',
}

/** Of a new account as a whole: mapped names that are both blank are refused (slack.md 3.2). */
export function findSlackNameProblem(attributes: TargetAttributes): ValueFinding | null {
  const names = ['name.givenName', 'name.familyName'].map((name) => attributes[name])
  const isBlank = (value: TargetValue | undefined): boolean => typeof value === 'string' && value.trim() === ''
  return names.every(isBlank) ? nameless : null
}
