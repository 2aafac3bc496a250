/* One text for one value (RFC 8785 for what we write): members in order of their names, no white space. */

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json }

export function canonicalJson(value: unknown): string {
  // What JSON has no word for is left out or turned into something it has, before it is put in order.
  return inOrder(JSON.parse(JSON.stringify(value)) as Json)
}

function inOrder(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(inOrder).join(',')}]`
  const members = Object.entries(value as Readonly<Record<string, Json>>)
  // By code unit, as `<` compares; a language's order would differ from place to place.
  members.sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${inOrder(member)}`).join(',')}}`
}
