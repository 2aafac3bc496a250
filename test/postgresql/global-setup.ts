/*
 * Lends databases to the test files of a run. The server starts with the first request, so that a run without PostgreSQL
 * does not wait for one; `DATABASE_URL` names a server to use instead. At the end nothing is left on either.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openPostgresqlStore } from '../../src/store/index.ts'
import { startPostgresql } from './start-postgresql.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where databases are lent: see `databases.ts`. */
    readonly postgresqlDesk: string
  }
}

interface Lender {
  /** Answers the address of a fresh database: with the store's tables, or empty. */
  lend(isEmpty: boolean): Promise<string>
  close(): Promise<void>
}

async function openLender(): Promise<Lender> {
  const given = process.env['DATABASE_URL']
  const server = given === undefined ? await startPostgresql() : { url: given, stop: () => Promise.resolve() }
  const admin = new pg.Client({ connectionString: server.url })
  await admin.connect()
  const lent: string[] = []
  // Others may test on the same server at the same time.
  const run = randomBytes(4).toString('hex')

  const create = async (template: string): Promise<string> => {
    const name = `muster_test_${run}_${String(lent.length)}`
    await admin.query(`create database ${name} template ${template} encoding 'UTF8'`)
    lent.push(name)
    return name
  }
  const urlOf = (name: string): string => {
    const url = new URL(server.url)
    url.pathname = `/${name}`
    return url.href
  }

  const template = await create('template0')
  const store = await openPostgresqlStore({ url: urlOf(template) })
  await store.close()

  return {
    lend: async (isEmpty) => urlOf(await create(isEmpty ? 'template0' : template)),
    async close() {
      // A server of ours goes with everything in it.
      if (given !== undefined) for (const name of lent) await admin.query(`drop database ${name} with (force)`)
      await admin.end()
      await server.stop()
    },
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  let lender: Promise<Lender> | undefined
  // One request after the other: a database that is being copied must not be in use.
  let lastTurn: Promise<unknown> = Promise.resolve()
  const lend = async (state: string | null): Promise<string> => {
    lender ??= openLender()
    return (await lender).lend(state === 'empty')
  }
  const desk = createServer((request, response) => {
    const turn = lastTurn.then(() => lend(new URL(request.url ?? '/', 'http://desk').searchParams.get('state')))
    lastTurn = turn.catch(() => undefined)
    turn.then(
      (url) => response.end(url),
      (error: unknown) => response.writeHead(500).end(error instanceof Error ? error.message : String(error)),
    )
  }).listen(0, '127.0.0.1')
  await once(desk, 'listening')
  const address = desk.address()
  if (address === null || typeof address === 'string') throw new Error('The desk for databases has no address.')
  project.provide('postgresqlDesk', `http://127.0.0.1:${String(address.port)}/`)

  return async () => {
    desk.closeAllConnections()
    desk.close()
    await lastTurn
    const open = await lender?.catch(() => undefined)
    await open?.close()
  }
}
