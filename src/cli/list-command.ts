/* A list that is searched by a part of a name and read page by page: `muster account list`, `muster client list`. */
import type { Command } from 'commander'
import { clientCommand, withClient } from './command.ts'
import { tableText } from './table.ts'
import { count } from './words.ts'

export interface ListedPage {
  readonly total: number
  readonly cursor: string | null
}

export interface Listing<Page extends ListedPage, Row> {
  readonly description: string
  /** What the argument may be. */
  readonly text: string
  readonly examples: readonly string[]
  /** `/muster/v1/accounts` */
  readonly path: string
  readonly rowsOf: (page: Page) => readonly Row[]
  readonly head: readonly string[]
  readonly cells: (row: Row) => string[]
  /** One of them: `account`. */
  readonly noun: string
  /** What to say when there are none at all. */
  readonly none: string
}

export function listCommand<Page extends ListedPage, Row>(group: Command, listing: Listing<Page, Row>): void {
  const list = group
    .command('list', { isDefault: true })
    .description(listing.description)
    .argument('[text]', listing.text)
    .option('--limit <number>', 'so many at most', '50')
    .option('--cursor <cursor>', 'go on after the page that printed it')
  clientCommand(list, listing.examples)
  list.action(async (part: string | undefined, options: Readonly<Record<string, unknown>>) => {
    await withClient(options, async ({ client, isJson, print, printJson }) => {
      const query = new URLSearchParams({ text: part ?? '', limit: String(options['limit']) })
      if (typeof options['cursor'] === 'string') query.set('cursor', options['cursor'])
      const page = await client.get<Page>(`${listing.path}?${query.toString()}`)
      if (isJson) {
        printJson(page)
        return
      }
      if (page.total === 0) {
        print(part === undefined ? listing.none : `No ${listing.noun} has "${part}" in its name.`)
        return
      }
      const rows = listing.rowsOf(page)
      print(tableText(listing.head, rows.map(listing.cells)))
      print(`${String(rows.length)} of ${count(page.total, listing.noun)}.`)
      if (page.cursor !== null) print(`More: --cursor '${page.cursor}'`)
    })
  })
}
