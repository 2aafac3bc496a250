/*
 * Takes the path of an address apart (graph-api.md 1.1): case of names does not matter, `users('id')` is `users/id`,
 * `delta()` and `microsoft.graph.delta()` are `delta`, a slash at the end is nothing.
 */
import { badAddress } from './graph-problem.ts'
import { decodeText } from './odata/query-string.ts'

/** The key of a resource: its id (or whatever an id may be), or one of its properties by name. */
export interface Key {
  readonly by: string
  readonly value: string
}

export interface Segment {
  /** As it stands there, decoded. */
  readonly text: string
  /** In parentheses behind the name, when it is no key. */
  readonly isKey: boolean
  readonly key: Key
}

const segmentsMax = 12

export function readPath(path: string): readonly Segment[] {
  const parts = path.split('/').filter((part) => part !== '')
  if (parts.length > segmentsMax) throw badAddress('The address has more segments than any resource here.')
  return parts.flatMap((part) => readSegment(decodeText(part)))
}

const plain = (text: string): Segment => ({ text, isKey: false, key: { by: 'id', value: text } })
const keyed = (key: Key): Segment => ({ text: key.value, isKey: true, key })

function readSegment(text: string): readonly Segment[] {
  const [, name, inner] = /^([A-Za-z$][A-Za-z.]*)\((.*)\)$/s.exec(text) ?? []
  if (name === undefined || inner === undefined) return [plain(withoutNamespace(text))]
  if (inner.trim() === '') return [plain(withoutNamespace(name))]
  const [, property, value = inner] = /^\s*([A-Za-z]+)\s*=(.*)$/s.exec(inner) ?? []
  return [plain(name), keyed({ by: property ?? 'id', value: unquoted(value.trim()) })]
}

/** Functions and actions may carry their namespace; a cast is nothing without it. */
const boundNames = new Set([
  'acquireaccesstoken',
  'delta',
  'discover',
  'filteroperators',
  'functions',
  'getbyids',
  'instantiate',
  'parseexpression',
  'pause',
  'provisionondemand',
  'restart',
  'restore',
  'start',
  'validatecredentials',
])

function withoutNamespace(text: string): string {
  const [, name] = /^(?:microsoft\.)?graph\.([A-Za-z]+)$/i.exec(text) ?? []
  if (name === undefined) return text
  return boundNames.has(name.toLowerCase()) ? name : `microsoft.graph.${name}`
}

function unquoted(text: string): string {
  const [, inner] = /^'(.*)'$/s.exec(text) ?? []
  return inner === undefined ? text : inner.replaceAll("''", "'")
}

const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Ids are compared without case where they are GUIDs. */
export const idText = (id: string): string => (guidPattern.test(id) ? id.toLowerCase() : id)
