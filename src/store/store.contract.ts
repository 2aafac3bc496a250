/*
 * What every store promises, as code: the comments of `store.ts` one by one. Runs unchanged on SQLite (file and memory) and
 * on PostgreSQL.
 */
import { afterEach, beforeEach, describe } from 'vitest'
import { accountsContract } from './contract/accounts.contract.ts'
import { beforeImagesContract } from './contract/before-images.contract.ts'
import { accessContract } from './contract/access.contract.ts'
import { auditContract } from './contract/audit.contract.ts'
import { changeFeedContract } from './contract/change-feed.contract.ts'
import { directoryJournalContract } from './contract/directory-journal.contract.ts'
import { directoryListsContract } from './contract/directory-lists.contract.ts'
import { directoryContract } from './contract/directory.contract.ts'
import { jobsContract } from './contract/jobs.contract.ts'
import { logContract } from './contract/log.contract.ts'
import { mirrorContract } from './contract/mirror.contract.ts'
import { notificationsContract } from './contract/notifications.contract.ts'
import { plansContract } from './contract/plans.contract.ts'
import { outcomesContract } from './contract/outcomes.contract.ts'
import { secretsContract } from './contract/secrets.contract.ts'
import { transactionsContract } from './contract/transactions.contract.ts'
import type { StoreUnderTest } from './contract/store-under-test.contract.ts'
import type { Store } from './store.ts'

/** An empty place for a store, for one test. */
export interface StorePlace {
  open(): Promise<Store>
  /** Statements past the store, by a connection of their own. */
  sql(statements: string): Promise<void>
  /** Called when every store opened in the place is closed. */
  remove(): Promise<void>
}

export interface StoreContractOptions {
  /**
   * Two stores opened in one place share what they hold. Not in memory: there a place is as private as its store, so
   * what needs a second connection is not asked of it.
   */
  readonly isShared: boolean
}

export function storeContract(
  name: string,
  setUp: () => Promise<StorePlace>,
  { isShared }: StoreContractOptions,
): void {
  describe(`store contract: ${name}`, () => {
    let place: StorePlace
    let opened: Store[] = []
    const open = async (): Promise<Store> => {
      const store = await place.open()
      opened.push(store)
      return store
    }
    let current: StoreUnderTest

    beforeEach(async () => {
      place = await setUp()
      opened = []
      current = {
        store: await open(),
        another: open,
        sql: (statements) => place.sql(statements),
      }
    })
    afterEach(async () => {
      for (const store of opened) await store.close()
      await place.remove()
    })

    const under = (): StoreUnderTest => current
    directoryContract(under)
    directoryListsContract(under)
    directoryJournalContract(under)
    mirrorContract(under)
    changeFeedContract(under, isShared)
    transactionsContract(under, isShared)
    jobsContract(under, isShared)
    outcomesContract(under)
    logContract(under, isShared)
    beforeImagesContract(under)
    auditContract(under, isShared)
    accountsContract(under)
    notificationsContract(under)
    plansContract(under, isShared)
    secretsContract(under)
    accessContract(under)
  })
}
