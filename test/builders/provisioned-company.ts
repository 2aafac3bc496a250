/* A small company in the directory of a running service, and those of it who are assigned in the simulated Slack. */
import { writeCompany, type Company } from '../../scripts/seed/index.ts'
import type { ProvisioningObjectSummary } from '../../src/vocabulary/index.ts'
import { companyOfShortNames } from './company-of-short-names.ts'
import { startServiceWithSlack, type ServiceWithSlack } from './muster-service.ts'
import { writeFiles, type Ended, type Programs } from './programs.ts'

export const company = companyOfShortNames({ users: 40, groups: 8, seed: 5 })

export interface LogPage {
  readonly entries: readonly ProvisioningObjectSummary[]
  readonly cursor: string | null
}

export function jsonOf<T>({ output }: Ended): T {
  return JSON.parse(output) as T
}

export function folderWith(programs: Programs, written: Company): string {
  const folder = programs.folder()
  writeFiles(folder, writeCompany(written, 'graph-json'))
  return folder
}

/** The company is in the directory, and the members of these groups are in Slack, with the groups. */
export async function aProvisionedCompany(
  programs: Programs,
  groups: readonly string[] = ['Engineering', 'Leadership'],
): Promise<ServiceWithSlack> {
  const service = await startServiceWithSlack(programs, ['--log-level', 'error'])
  const { muster } = service
  const commands = [
    ['import', '--full', folderWith(programs, company)],
    ...groups.map((group) => ['assign', '--group', group]),
    ['run'],
  ]
  for (const command of commands) {
    const { code, output, errors } = await muster(...command)
    if (code !== 0) throw new Error(`The company could not be provisioned: ${output}${errors}`)
  }
  return service
}
