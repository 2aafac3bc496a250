/*
 * Decides by what rule a job names its new people: as their mapping says, or allotted so that names never collide. The
 * choice stands in the schema itself, so that an exported schema carries it.
 */
import type {
  AttributeMapping,
  ObjectMapping,
  SynchronizationRule,
  SynchronizationSchema,
} from '../vocabulary/index.ts'
import { isExpression, sourceOf } from './read-mapping-source.ts'

export interface UserNamesMode {
  /** `asMapped`: the mapping's one value, which fails when somebody has it. `allotted`: the first free one of many. */
  readonly mode: 'allotted' | 'asMapped'
  /** Names nobody is allotted, such as those of channels: people and channels share their names (slack.md 3.2). */
  readonly avoided: readonly string[]
}

/** The target attribute that is allotted. */
export const allottedAttribute = 'userName'

/** Metadata of a synchronizationRule are texts under names of one's own (Graph: stringKeyStringValuePair). */
const modeKey = 'allotUserNames'
const avoidedKey = 'userNamesAvoided'

/** Letters, digits, dots, underscores and hyphens are what Slack keeps of a user name, and one of the first two it needs (slack.md 3.2). */
const cleaned = (expression: string): string =>
  `Replace(NormalizeDiacritics(${expression}), , "^[^A-Za-z0-9]+|[^A-Za-z0-9._-]", , "", , )`

/**
 * Slack takes 21 characters, Microsoft's tutorial says under 21; 20 suits both (spec section 18). Whoever has no Latin
 * letter in the nickname gets the name from the user principal name.
 */
export const mappedUserName = `ToLower(Mid(Coalesce(${cleaned('[mailNickname]')}, ${cleaned('Item(Split([userPrincipalName], "@"), 1)')}), 1, 20), )`
/** How the offered names are spelt, cut and numbered is `user-names.ts`. */
export const offeredUserNames =
  'SelectUniqueValue(Coalesce([mailNickname], Item(Split([userPrincipalName], "@"), 1)), [mail], Join(".", [givenName], [surname]))'

const mappedMatchingPriority = 2

/** What a rule says of the names to be allotted; `null`: they are as mapped. */
export function allotmentOf({ metadata }: Pick<SynchronizationRule, 'metadata'>): ReadonlySet<string> | null {
  const valueOf = (key: string): string => metadata.find((each) => each.key === key)?.value ?? ''
  if (valueOf(modeKey).toLowerCase() !== 'true') return null
  return new Set(namesIn(valueOf(avoidedKey)))
}

/** Names as somebody lists them, in any spelling: `#general, Random`. */
export function namesIn(text: string): readonly string[] {
  const names = text.split(/[\s,;]+/).map((name) => name.replace(/^[#@]/, '').toLowerCase())
  return [...new Set(names)].filter((name) => name !== '').sort()
}

const firstRule = (schema: SynchronizationSchema): SynchronizationRule | undefined =>
  [...schema.synchronizationRules].sort((one, other) => one.priority - other.priority)[0]

export function userNamesMode(schema: SynchronizationSchema): UserNamesMode {
  const avoided = allotmentOf(firstRule(schema) ?? { metadata: [] })
  return avoided === null ? { mode: 'asMapped', avoided: [] } : { mode: 'allotted', avoided: [...avoided] }
}

/** Why names cannot be allotted with this schema; `null` when they can. */
export function whyNotAllotted(schema: SynchronizationSchema): string | null {
  const mapping = firstRule(schema)?.objectMappings.find(isOfUsers)?.attributeMappings ?? []
  if (!mapping.some(isUserName)) return `The schema maps nothing to ${allottedAttribute}: add its mapping first.`
  if (mapping.some((each) => each.matchingPriority > 0 && !isUserName(each))) return null
  return (
    `People are looked up by ${allottedAttribute} alone, and an allotted name tells nobody whose account it is: ` +
    'make the e-mail address a matching attribute first.'
  )
}

/**
 * The schema with the other rule. A mapping that an administrator has written stays: what it gives is the first name
 * offered. Allotted names are no matching attribute, because whoever has the name already is somebody else.
 */
export function withUserNames(schema: SynchronizationSchema, { mode, avoided }: UserNamesMode): SynchronizationSchema {
  const chosen = firstRule(schema)
  const rename = (mapping: AttributeMapping): AttributeMapping =>
    isUserName(mapping) ? (mode === 'allotted' ? asAllotted(mapping) : asMapped(mapping)) : mapping
  return {
    ...schema,
    synchronizationRules: schema.synchronizationRules.map((rule) => {
      if (rule !== chosen) return rule
      const others = rule.metadata.filter(({ key }) => key !== modeKey && key !== avoidedKey)
      const own = [
        { key: modeKey, value: 'true' },
        ...(avoided.length === 0 ? [] : [{ key: avoidedKey, value: namesIn(avoided.join(',')).join(',') }]),
      ]
      return {
        ...rule,
        metadata: mode === 'allotted' ? [...others, ...own] : others,
        objectMappings: rule.objectMappings.map((mapping) =>
          isOfUsers(mapping) ? { ...mapping, attributeMappings: mapping.attributeMappings.map(rename) } : mapping,
        ),
      }
    }),
  }
}

const isOfUsers = (mapping: ObjectMapping): boolean => mapping.sourceObjectName === 'User'
const isUserName = (mapping: AttributeMapping): boolean => mapping.targetAttributeName === allottedAttribute

function asAllotted(mapping: AttributeMapping): AttributeMapping {
  const isDefault = isExpression(mapping.source, mappedUserName)
  return {
    ...mapping,
    source: isDefault ? sourceOf(offeredUserNames) : mapping.source,
    matchingPriority: 0,
    flowType: 'ObjectAddOnly',
  }
}

/** `SelectUniqueValue` may not be matched by (expressions.md 8.6), so a rule of that kind stays without. */
function asMapped(mapping: AttributeMapping): AttributeMapping {
  if (!isExpression(mapping.source, offeredUserNames)) return mapping
  return { ...mapping, source: sourceOf(mappedUserName), matchingPriority: mappedMatchingPriority }
}
