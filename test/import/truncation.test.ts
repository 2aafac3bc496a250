/*
 * A file that was cut anywhere is never taken for a smaller company: it is refused, or the reading says that it is not
 * whole. Where a cut cannot be seen (behind the line break of a row), the document importing-files says so, and the
 * test allows it by name.
 */
import { describe, expect, test } from 'vitest'

import { generateCompany, writeCompany, type WrittenFormat } from '../../scripts/seed/index.ts'
import { DirectoryFileError, type DirectoryFileReading } from '../../src/directory/files/index.ts'
import { readTexts } from '../builders/directory-files.ts'

const company = generateCompany({ users: 5, groups: 3, seed: 5 })

/** Bytes after which a row, an object or an entry is complete, so that nothing shows whether more was to come. */
const isUnseen: Readonly<Record<WrittenFormat, (bytes: Buffer, length: number) => boolean>> = {
  'entra-csv': (bytes, length) => bytes[length - 1] === 0x0a && !isInQuotes(bytes, length),
  'graph-json': () => false,
  jsonl: (bytes, length) => bytes[length - 1] === 0x0a,
  ldif: (bytes, length) => bytes[length - 1] === 0x0a && bytes[length - 2] === 0x0a,
}

function isInQuotes(bytes: Buffer, length: number): boolean {
  return bytes.subarray(0, length).filter((byte) => byte === 0x22).length % 2 === 1
}

async function readOrError(name: string, content: Uint8Array): Promise<DirectoryFileReading | DirectoryFileError> {
  try {
    return await readTexts({ [name]: content }, true)
  } catch (error) {
    if (error instanceof DirectoryFileError) return error
    throw error
  }
}

/**
 * Whether importing the reading as the whole directory would delete somebody or take a membership away that the whole
 * files have.
 */
function wouldTakeAway(
  { users, groups, memberships, completeness }: DirectoryFileReading,
  whole: DirectoryFileReading,
): boolean {
  if (completeness.users === 'whole' && users.length < whole.users.length) return true
  if (completeness.groups === 'whole' && groups.length < whole.groups.length) return true
  const membersOf = (list: DirectoryFileReading['memberships'], groupId: string): number =>
    list.filter(({ group, groupObjectId }) => (groupObjectId ?? group.value) === groupId).length
  return completeness.memberListsOf.some(
    ({ value }) => membersOf(memberships, value) < membersOf(whole.memberships, value),
  )
}

const files = (['entra-csv', 'graph-json', 'jsonl', 'ldif'] as const).flatMap((format) =>
  writeCompany(company, format).map(({ name, text }): [string, WrittenFormat, Buffer] => [
    name,
    format,
    Buffer.from(text, 'utf8'),
  ]),
)

describe.each(files)('%s (%s) cut after any byte', (name, format, bytes) => {
  test('takes nobody away', async () => {
    const whole = await readTexts({ [name]: bytes })
    const believed: number[] = []
    for (let length = 0; length < bytes.length; length += 1) {
      const outcome = await readOrError(name, bytes.subarray(0, length))
      if (outcome instanceof DirectoryFileError) continue
      if (wouldTakeAway(outcome, whole) && !isUnseen[format](bytes, length)) believed.push(length)
    }
    expect(believed).toEqual([])
  })
})
