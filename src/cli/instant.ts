/* Times as they are given to any command: an instant, or how long ago. */
import { parseDuration } from '../settings.ts'
import { CommandError, exitCodes } from './exit-codes.ts'

/** What the options for times take, for their help. */
export const timeHelp = 'an instant such as 2026-11-25T09:00Z, or how long ago: 30m, 2h, 3d'

export function instantOf(option: string, text: string, now = Date.now()): string {
  const ago = parseDuration(text)
  const at = ago !== undefined ? now - ago : /^\d{12,14}$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isNaN(new Date(at).getTime()))
    throw new CommandError(
      exitCodes.cannotBegin,
      `${option} takes an instant such as 2026-11-25T09:00Z, or how long ago: 30m, 2h, 3d. "${text}" is neither.`,
    )
  return new Date(at).toISOString()
}

/** The values of these options that were given, times as instants. */
export function givenOf(
  options: Readonly<Record<string, unknown>>,
  names: readonly string[],
): readonly (readonly [string, string])[] {
  return names.flatMap((name) => {
    const value = options[name]
    if (typeof value !== 'string') return []
    const isTime = name === 'since' || name === 'until'
    return [[name, isTime ? instantOf(`--${name}`, value) : value] as const]
  })
}
