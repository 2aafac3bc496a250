/* `POST /muster/v1/directory/import`: files of a directory, as multipart parts named by their file names. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { importReading, readDirectoryFiles, type ImportOutcome } from '../../directory/index.ts'
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
    const files = []
    for await (const part of request.files()) {
      files.push({ name: part.filename, content: await part.toBuffer() })
    }
    if (files.length === 0) throw new ApiProblem(400, 'badRequest', 'No file was sent. Name at least one file.')
    const reading = await readDirectoryFiles(files, {
      keepGoing: options.keepGoing,
      ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
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
