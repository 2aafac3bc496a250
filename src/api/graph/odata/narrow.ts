/* What a filter says that an index can use: the ids it allows, a name it begins with. The filter itself is asked all the same. */
import type { DirectoryNarrowing } from '../../../store/store.ts'
import { nameKey } from '../types/index.ts'
import type { Filter, Operand } from './filter.ts'

/** Ids outside of which nothing passes the filter, or `null` when it says nothing about ids. */
export function idsAllowed(filter: Filter): readonly string[] | null {
  switch (filter.kind) {
    case 'compare':
      return filter.operator === 'eq' && isProperty(filter.left, 'id') && 'value' in filter.right
        ? [String(filter.right.value)]
        : null
    case 'in':
      return isProperty(filter.left, 'id')
        ? filter.values.flatMap((value) => ('value' in value ? [String(value.value)] : []))
        : null
    case 'and':
      return filter.items.map(idsAllowed).find((ids) => ids !== null) ?? null
    case 'or': {
      const all = filter.items.map(idsAllowed)
      return all.every((ids) => ids !== null) ? all.flat() : null
    }
    default:
      return null
  }
}

const indexed = ['displayName', 'userPrincipalName', 'mail'] as const
const ordered = ['displayName', 'userPrincipalName'] as const
/** Kept together, folded, in one column (`searchedAttributes` of the store). */
const contained: ReadonlySet<string> = new Set(
  [
    'displayName',
    'givenName',
    'surname',
    'userPrincipalName',
    'mail',
    'mailNickname',
    'otherMails',
    'proxyAddresses',
  ].map(nameKey),
)

export function narrowingOf(filter: Filter, order: string | null): DirectoryNarrowing | null {
  const conditions = filter.kind === 'and' ? filter.items : [filter]
  const found = conditions.flatMap((condition) => narrowingOfOne(condition, order) ?? [])
  return found.find(({ by }) => by === 'equals') ?? found.find(({ by }) => by === 'startsWith') ?? found[0] ?? null
}

function narrowingOfOne(filter: Filter, order: string | null): DirectoryNarrowing | null {
  switch (filter.kind) {
    case 'compare': {
      if (filter.operator !== 'eq' || filter.right.kind !== 'text') return null
      const text = filter.right.value
      const name = indexed.find((each) => isProperty(filter.left, each))
      if (name !== undefined) return { by: 'equals', name, text }
      return isContained(filter.left) ? { by: 'contains', text } : null
    }
    case 'test': {
      const name = ordered.find((each) => isProperty(filter.left, each))
      if (filter.name === 'startswith' && name !== undefined && (order === null || order === name))
        return { by: 'startsWith', name, text: filter.text }
      return isContained(filter.left) ? { by: 'contains', text: filter.text } : null
    }
    case 'any': {
      const [name = ''] = filter.names
      const { item, variable } = filter
      if (item === null || variable === null || filter.names.length !== 1 || !contained.has(nameKey(name))) return null
      if (item.kind === 'test' && isProperty(item.left, variable)) return { by: 'contains', text: item.text }
      return item.kind === 'compare' && item.operator === 'eq' && item.right.kind === 'text'
        ? { by: 'contains', text: item.right.value }
        : null
    }
    default:
      return null
  }
}

function isProperty(operand: Operand, name: string): boolean {
  if (operand.kind === 'tolower' || operand.kind === 'toupper') return isProperty(operand.of, name)
  return operand.kind === 'path' && operand.names.length === 1 && nameKey(operand.names[0] ?? '') === nameKey(name)
}

function isContained(operand: Operand): boolean {
  if (operand.kind === 'tolower' || operand.kind === 'toupper') return isContained(operand.of)
  return operand.kind === 'path' && operand.names.length === 1 && contained.has(nameKey(operand.names[0] ?? ''))
}
