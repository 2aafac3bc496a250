/* The one tenant of this service, and the names it is called by in addresses: its id, its domains, or "whichever is mine". */
import type { DirectoryReads } from '../../store/store.ts'
import type { Clock } from '../../vocabulary/index.ts'

/** For any tenant: of work accounts, which all of this service's are. */
const anyTenant = new Set(['common', 'organizations'])

/** Domains of a directory change seldom, and counting them reads everybody. */
const believedMs = 60_000

export interface TenantDomain {
  readonly name: string
  /** The name the tenant has before it has any other. */
  readonly isInitial: boolean
}

export interface Tenant {
  readonly tenantId: string
  isNamed(name: string): Promise<boolean>
  /** Most used first; the initial one is always there, last. */
  domains(): Promise<readonly TenantDomain[]>
}

export function createTenant(
  directory: Pick<DirectoryReads, 'principalDomains'>,
  clock: Pick<Clock, 'now'>,
  tenantId: string,
): Tenant {
  const initial = `${tenantId.toLowerCase()}.muster.internal`
  let believed: { readonly names: readonly string[]; readonly until: number } | null = null

  async function names(): Promise<readonly string[]> {
    if (believed !== null && clock.now() < believed.until) return believed.names
    const found = (await directory.principalDomains()).map(({ domain }) => domain)
    believed = { names: found, until: clock.now() + believedMs }
    return found
  }

  return {
    tenantId,
    async isNamed(name) {
      const wanted = name.toLowerCase()
      if (wanted === tenantId.toLowerCase() || wanted === initial || anyTenant.has(wanted)) return true
      return wanted.includes('.') && (await names()).includes(wanted)
    },
    async domains() {
      return [...(await names()).map((name) => ({ name, isInitial: false })), { name: initial, isInitial: true }]
    },
  }
}
