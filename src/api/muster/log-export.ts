/*
 * The provisioning log as one long answer, newest first. A page is read when the one before has been taken by the caller,
 * so that an export of any length holds one page.
 */
import { logCsvHead, logCsvLines } from '../../provisioning/index.ts'
import type { LogFilter, ProvisioningStore } from '../../store/store.ts'
import type { LogExportEnd, LogFileName, ProvisioningObjectSummary } from '../../vocabulary/index.ts'

type LogReads = Pick<ProvisioningStore, 'queryLog'>

const pageSize = 200

async function* pagesOf(
  { queryLog }: LogReads,
  filter: LogFilter,
): AsyncGenerator<readonly ProvisioningObjectSummary[]> {
  let cursor: string | null = null
  do {
    const page = await queryLog({ ...filter, limit: pageSize, ...(cursor === null ? {} : { cursor }) })
    yield page.entries
    cursor = page.cursor
  } while (cursor !== null)
}

/** One of the three files. */
export async function* exportCsv(log: LogReads, filter: LogFilter, file: LogFileName): AsyncGenerator<string> {
  yield logCsvHead(file)
  for await (const entries of pagesOf(log, filter)) {
    const lines = entries.map((entry) => logCsvLines(file, entry)).join('')
    if (lines !== '') yield lines
  }
}

/** An array, an entry a line: what is cut off lacks its last bracket and is no JSON. */
export async function* exportJson(log: LogReads, filter: LogFilter): AsyncGenerator<string> {
  let isFirst = true
  for await (const entries of pagesOf(log, filter)) {
    if (entries.length === 0) continue
    const texts = entries.map((entry) => JSON.stringify(entry)).join(',\n')
    yield isFirst ? `[\n${texts}` : `,\n${texts}`
    isFirst = false
  }
  yield isFirst ? '[]\n' : '\n]\n'
}

/** An entry a line, and at the end how many there were. */
export async function* exportLines(log: LogReads, filter: LogFilter): AsyncGenerator<string> {
  let exported = 0
  for await (const entries of pagesOf(log, filter)) {
    exported += entries.length
    if (entries.length > 0) yield `${entries.map((entry) => JSON.stringify(entry)).join('\n')}\n`
  }
  yield `${JSON.stringify({ exported } satisfies LogExportEnd)}\n`
}
