import { describe, expect, test } from 'vitest'

import { foldForFileName, groupOfFile, isMemberListName } from './group-of-file.ts'

const content = new Uint8Array()
const groupIn = (name: string): string | undefined => groupOfFile({ name, content })?.value

describe('the group a member list belongs to', () => {
  test.each([
    ['members-Slack users.csv', 'Slack users'],
    ['members_Sales.csv', 'Sales'],
    ['data/exports/members-Sales.csv', 'Sales'],
    ['C:\\Users\\ann\\Downloads\\members-Sales.csv', 'Sales'],
    ['Group members - R&D.csv', 'R&D'],
    ['exportGroupMembers_2026-9-28-GG_FIN_READ.csv', 'GG_FIN_READ'],
    ['HN-SupplyChain - exportGroupMembers_2025-12-23.csv', 'HN-SupplyChain'],
    ['Sales-members.csv', 'Sales'],
    ['members-3916e36a-bcbc-42d4-b70f-07fe6cff28af.csv', '3916e36a-bcbc-42d4-b70f-07fe6cff28af'],
  ])('%s: %s', (name, group) => {
    expect(groupIn(name)).toBe(group)
    expect(isMemberListName(name)).toBe(true)
  })

  test.each(['exportGroupMembers_2025-12-23.csv', 'exportGroupMembers_2025-12-23 (1).csv', 'members.csv'])(
    '%s is a member list that does not say whose',
    (name) => {
      expect(groupIn(name)).toBeUndefined()
      expect(isMemberListName(name)).toBe(true)
    },
  )

  test.each(['exportUsers_2025-5-20.csv', 'users.csv', 'exportGroup_2025-3-7.csv'])('%s is none', (name) => {
    expect(isMemberListName(name)).toBe(false)
  })

  test('what the caller says goes before the name', () => {
    expect(groupOfFile({ name: 'members-Sales.csv', content, group: 'Marketing' })).toEqual({
      by: 'displayName',
      value: 'Marketing',
    })
    expect(groupOfFile({ name: 'x.csv', content, group: '3916E36A-BCBC-42D4-B70F-07FE6CFF28AF' })).toEqual({
      by: 'objectId',
      value: '3916e36a-bcbc-42d4-b70f-07fe6cff28af',
    })
  })

  test('a display name is found again after a file system had its way with it', () => {
    expect(foldForFileName('Legal: Risk/Compliance?')).toBe(foldForFileName('legal_ Risk_Compliance_'))
    expect(foldForFileName('The "A" team')).toBe(foldForFileName('The %22A%22 team'))
  })
})
