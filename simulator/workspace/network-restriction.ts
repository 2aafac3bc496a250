/*
 * Where a token may be used from (slack.md 1.2): at most ten IPv4 addresses or CIDR ranges in the settings of its app.
 */
import { BlockList, isIPv4 } from 'node:net'
import type { Token } from './model.ts'
import type { Store } from './store.ts'

export function isAllowedFrom(remoteAddress: string, token: Token, store: Store): boolean {
  const app = token.clientId === null ? undefined : store.apps.get(token.clientId)
  const ranges = token.allowedAddresses ?? app?.allowedAddresses
  if (ranges === undefined || ranges.length === 0) return true
  const allowed = new BlockList()
  for (const range of ranges) {
    const [address = '', bits = '32'] = range.split('/')
    allowed.addSubnet(address, Number(bits), 'ipv4')
  }
  // A socket of both families names an IPv4 peer in IPv6 form.
  const address = remoteAddress.replace(/^::ffff:/i, '')
  return isIPv4(address) && allowed.check(address, 'ipv4')
}

export function isAddressRange(text: string): boolean {
  const [address = '', bits = '32', more] = text.split('/')
  return more === undefined && isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) <= 32
}
