/*
 * Unpacks the Chromium of its npm package into the folder TMPDIR names. A program of its own, because the package asks
 * the environment where to unpack, and a test must not change that for everybody beside it.
 */
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import Chromium, { inflate } from '@sparticuz/chromium'

await Chromium.executablePath()
await inflate(join(import.meta.dirname, '..', '..', 'node_modules', '@sparticuz', 'chromium', 'bin', 'al2023.tar.br'))
process.stdout.write(tmpdir())
