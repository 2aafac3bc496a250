/* Slack's published limits, for all SCIM apps of a workspace or org together (slack.md 6.1). */
import type { RateLimits } from '../scim/index.ts'

export const slackRateLimits: RateLimits = {
  allWrites: { perMinute: 600, burst: 180 },
  allReads: { perMinute: 1000, burst: 1000 },
  endpoints: {
    readUser: { perMinute: 300, burst: 300 },
    createUser: { perMinute: 180, burst: 20 },
    updateUser: { perMinute: 180, burst: 20 },
    deleteUser: { perMinute: 180, burst: 20 },
    readGroup: { perMinute: 300, burst: 300 },
    createGroup: { perMinute: 180, burst: 20 },
    updateGroup: { perMinute: 180, burst: 80 },
    deleteGroup: { perMinute: 180, burst: 20 },
  },
}
