/*
 * Thousands of rows with hostile names, written by Python's csv and json modules. Runs where `python3` is installed;
 * elsewhere the committed samples stand in, and the test says so.
 */
import { execFile, spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { readDirectoryFiles } from '../../src/directory/files/index.ts'

const isInstalled = spawnSync('python3', ['--version']).status === 0
if (!isInstalled) console.warn('python3 is not installed: CSV and JSON were tried with the committed samples only.')

/** Writes people.csv, people.jsonl and people.json, and the names as they are in expected.json. */
const recipe = `
import csv, json, random, sys
random.seed(42)
signs = ['"', "'", ',', ';', '\\n', '\\r\\n', ' ', '\\t', '\\\\', '=', '#', 'a', 'B', 'é', 'ß', '田', 'ش', '👩‍👩‍👧', '\\u2028', '|']
people = []
for number in range(5000):
    name = lambda: ''.join(random.choice(signs) for _ in range(random.randint(1, 9)))
    people.append({
        'id': '%08x-0000-4000-8000-000000000000' % number,
        'userPrincipalName': 'p%d@x.example' % number,
        'displayName': 'N' + name(),
        'jobTitle': 'T' + name() if random.random() < 0.8 else None,
        'accountEnabled': random.random() < 0.9,
    })
folder = sys.argv[1]
with open(folder + '/people.csv', 'w', encoding='utf-8-sig', newline='') as file:
    writer = csv.DictWriter(file, list(people[0]), dialect='excel')
    writer.writeheader()
    writer.writerows(people)
with open(folder + '/people.json', 'w', encoding='utf-8') as file:
    json.dump({'value': people}, file)
with open(folder + '/people.jsonl', 'w', encoding='utf-8') as file:
    for person in people:
        file.write(json.dumps(person, ensure_ascii=False) + '\\n')
with open(folder + '/expected.json', 'w', encoding='utf-8') as file:
    json.dump([[person['id'], person['displayName'], person['jobTitle'], person['accountEnabled']] for person in people], file)
`

describe.runIf(isInstalled)('5,000 people written by Python', () => {
  let folder = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'muster-python-'))
    await promisify(execFile)('python3', ['-c', recipe, folder])
  })

  afterAll(() => rm(folder, { recursive: true }))

  test.each(['people.csv', 'people.json', 'people.jsonl'])('%s', async (name) => {
    const expected: unknown = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8'))
    const content = createReadStream(join(folder, name), { highWaterMark: 1000 })
    const { users, completeness } = await readDirectoryFiles([{ name, content }], { keepGoing: false })
    expect(
      users.map(({ objectId, attributes }) => [
        objectId,
        attributes['displayName'],
        attributes['jobTitle'],
        attributes['accountEnabled'],
      ]),
    ).toEqual(expected)
    expect(completeness.users).toBe('whole')
  })
})
