/* The formats a company can be written in, by the name the command line gives them. */
import type { Company } from './company-objects.ts'
import { writeEntraCsv } from './write-entra-csv.ts'
import { writeGraphJson, writeJsonLines } from './write-graph-json.ts'
import { writeLdif } from './write-ldif.ts'
import type { WrittenFile } from './written-file.ts'

export type WrittenFormat = 'entra-csv' | 'graph-json' | 'jsonl' | 'ldif'

const writers: Readonly<Record<WrittenFormat, (company: Company) => readonly WrittenFile[]>> = {
  'entra-csv': writeEntraCsv,
  'graph-json': writeGraphJson,
  jsonl: writeJsonLines,
  ldif: writeLdif,
}

export const writtenFormats: readonly WrittenFormat[] = ['entra-csv', 'graph-json', 'jsonl', 'ldif']

export function writeCompany(company: Company, format: WrittenFormat): readonly WrittenFile[] {
  return writers[format](company)
}
