/*
 * `npm run check`: the fast part of `npm test`, for while you work: what needs no running, and the tests of the pure rooms.
 */
import { availableParallelism } from 'node:os'
import { runChecks, tool } from './run-checks.ts'
import { staticChecks } from './static-checks.ts'

const pureRooms = ['src/vocabulary/', 'src/expressions/', 'src/provisioning/']
const pureTests = {
  name: 'tests of the pure rooms',
  command: [tool('vitest'), 'run', '--allowOnly=false', '--reporter=dot', '--passWithNoTests', ...pureRooms],
}

const results = await runChecks([...staticChecks, pureTests], Math.min(2, availableParallelism()))
if (results.some((result) => !result.hasPassed)) process.exitCode = 1
