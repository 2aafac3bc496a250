/*
 * A generated company in which nobody's user name collides: the nickname is short and numbered, so that cutting it to
 * Slack's 20 characters leaves it unique. For benches that count accounts, not collisions.
 */
import { generateCompany, type Company, type CompanyOptions } from '../../scripts/seed/index.ts'

export function companyOfShortNames(options: CompanyOptions): Company {
  const company = generateCompany(options)
  return {
    ...company,
    users: company.users.map((user, index) => ({
      ...user,
      attributes: { ...user.attributes, mailNickname: `person${String(index + 1)}` },
    })),
  }
}
