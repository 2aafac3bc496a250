/* `POST /muster/v1/directory/import`: files of a directory, as multipart parts named by their file names. */
import { createReadStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { importReading, readDirectoryFiles, type DirectoryFile, type ImportOutcome } from '../../directory/index.ts'
import { flag, parse } from '../parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { ApiProblem } from '../problems.ts'

/** 512 MiB: about a million people as Graph JSON. */
export const importFileBytesMax = 512 * 1024 * 1024

const query = z.object({
  full: flag,
  keepGoing: flag,
  dryRun: flag,
  allowRemovals: z.coerce.number().int().min(0).optional(),
  encoding: z.string().optional(),
})

export function importRoutes(app: FastifyInstance, ports: ApiPorts): void {
  const { store, clock } = ports.cycle
  app.post('/directory/import', async (request): Promise<ImportOutcome> => {
    const options = parse(query, request.query)
    if (!request.isMultipart()) {
      throw new ApiProblem(415, 'badRequest', 'Files are sent as multipart/form-data, each with its file name.')
    }
    const reading = await withSentFiles(request, async (files) => {
      if (files.length === 0) throw new ApiProblem(400, 'badRequest', 'No file was sent. Name at least one file.')
      return await readDirectoryFiles(files, {
        keepGoing: options.keepGoing,
        ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
      })
    })
    const outcome = await importReading(store.directory, {
      reading,
      full: options.full,
      now: clock.now(),
      removalsMax: options.allowRemovals ?? null,
      dryRun: options.dryRun,
    })
    if (!options.dryRun) {
      for (const job of await store.jobs.list()) await store.jobs.setNextRun(job.jobId, clock.now())
      ports.wake()
    }
    return outcome
  })
}

/**
 * The files of the request, read from the disk as they are needed: a directory of a large company is not held in memory. They
 * hold personal data, so nobody else may enter the folder, and it is gone when `read` is done.
 */
async function withSentFiles<T>(
  request: FastifyRequest,
  read: (files: readonly DirectoryFile[]) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-import-'))
  try {
    const { files } = await request.saveRequestFiles({ tmpdir: folder })
    return await read(files.map(({ filename, filepath }) => ({ name: filename, content: createReadStream(filepath) })))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
