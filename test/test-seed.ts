/*
 * Decides which chances the tests take: the same ones in every run, so that a change is judged by what it changed.
 * `MUSTER_TEST_SEED=17 npm test` takes others; what breaks there becomes an example of its own.
 */
import fc from 'fast-check'

const given = process.env['MUSTER_TEST_SEED']

export const defaultTestSeed = 20_261_126
export const testSeed = given === undefined ? defaultTestSeed : Number(given)

if (!Number.isSafeInteger(testSeed)) {
  throw new Error(`MUSTER_TEST_SEED is "${String(given)}", but a seed is a whole number such as 17.`)
}

fc.configureGlobal({ seed: testSeed })
