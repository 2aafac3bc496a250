/*
 * A generated company that fits into Slack as it is: nobody's user name collides (the nickname is short and numbered, so
 * that cutting it to Slack's 20 characters leaves it unique), and no group is larger than a user group may be (slack.md
 * section 4). For benches that count what is provisioned, not what fails.
 */
import { generateCompany, type Company, type CompanyOptions } from '../../scripts/seed/index.ts'

/** slack.md section 4: members of a user group on Business+. */
const groupMembersMax = 5000

export function companyOfShortNames(options: CompanyOptions): Company {
  const company = withShortNames(generateCompany(options))
  return { ...company, groups: company.groups.filter((group) => group.members.length <= groupMembersMax) }
}

/** The same people with short names; whoever has one keeps it. */
export function withShortNames(company: Company): Company {
  const short = /^person\d+$/
  const taken = company.users.filter(({ attributes }) => short.test(String(attributes['mailNickname']))).length
  let number = taken === 0 ? 0 : company.users.length + taken
  return {
    ...company,
    users: company.users.map((user) => {
      if (short.test(String(user.attributes['mailNickname']))) return user
      number += 1
      return { ...user, attributes: { ...user.attributes, mailNickname: `person${String(number)}` } }
    }),
  }
}
