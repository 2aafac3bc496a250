/*
 * The acceptance scenarios of the specification (provisioning-service.md section 20), which `npm run acceptance` counts against.
 */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const scenario = z.object({
  number: z.int(),
  /** `P`: parity with Microsoft. `D`: follows a decision of the specification. */
  parity: z.enum(['P', 'D']),
  section: z.string(),
  text: z.string(),
})

export type Scenario = z.infer<typeof scenario>

export const scenarios: readonly Scenario[] = z
  .array(scenario)
  .parse(JSON.parse(readFileSync(new URL('scenarios.json', import.meta.url), 'utf8')))
