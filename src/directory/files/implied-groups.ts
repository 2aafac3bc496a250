/*
 * Adds the groups that only their members speak of: an export of people with `memberOf` has no entries of its groups.
 */
import type { Collector } from './collect-objects.ts'
import { normalizeDistinguishedName } from './distinguished-names.ts'
import { nameInDistinguishedName } from './ldap-entries.ts'

/** To be called when all files are read, because the entry of a group may stand in a later file than its members. */
export function addImpliedGroups({ collection, addGroup, note }: Collector): void {
  const known = new Set(
    collection.groups.flatMap(({ dn }) => (dn === undefined ? [] : [normalizeDistinguishedName(dn)])),
  )
  const spelled = new Set<string>()
  let added = 0
  for (const { group, file, line, isSaidByMember } of collection.memberships) {
    if (isSaidByMember !== true || group.by !== 'dn' || spelled.has(group.value)) continue
    spelled.add(group.value)
    const key = normalizeDistinguishedName(group.value)
    const displayName = nameInDistinguishedName(group.value)
    if (known.has(key) || displayName === undefined) continue
    known.add(key)
    if (
      addGroup({ file, line, dn: group.value, attributes: { displayName, onPremisesDistinguishedName: group.value } })
    )
      added += 1
  }
  if (added > 0)
    note(
      `${added} groups have no entry of their own; they were taken from memberOf and named after their distinguished names.`,
    )
}
