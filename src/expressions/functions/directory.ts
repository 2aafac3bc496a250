/*
 * The functions that ask about the target or the tenant: SelectUniqueValue and DefaultDomain (expressions.md 8.6).
 */
import { fail, toText } from '../values.ts'
import type { FunctionDefinition } from './definition.ts'
import { repeating } from './definition.ts'

const selectUniqueValue: FunctionDefinition = {
  name: 'SelectUniqueValue',
  parameters: [repeating('uniqueValueRule')],
  documentation:
    'The first of at least two values that no other object of the target has; null and empty ones are skipped. When all are taken the object fails. Must be the outermost call of a mapping that applies only during object creation, and not of a matching attribute.',
  examples: [
    {
      expression: 'SelectUniqueValue(Join("@", [alias], "contoso.com"), Join("@", [employeeId], "contoso.com"))',
      attributes: { alias: 'jane', employeeId: '7' },
      context: { isTaken: (value) => value === 'jane@contoso.com' },
      result: '7@contoso.com',
    },
  ],
  isTopLevelOnly: true,
  checkRepeated: (count) =>
    count >= 2 ? null : `SelectUniqueValue needs at least two rules to choose from, but has ${count}.`,
  build: (call) => {
    const { site } = call
    const rules = call.repeated.map((argument) => argument.evaluate)
    return (run) => {
      const { isTaken } = run.context
      let asked = 0
      for (const rule of rules) {
        const value = toText(rule(run), site)
        if (value === null || value === '') continue
        asked++
        if (isTaken === undefined) fail(site, 'The target cannot be asked here whether a value is taken.')
        if (!askWhetherTaken(isTaken, value)) return value
      }
      fail(site, asked === 0 ? 'None of the rules gives a value.' : `All ${asked} values the rules give are taken.`)
    }

    /** A target that cannot answer has not said "free". */
    function askWhetherTaken(isTaken: (value: string) => boolean, value: string): boolean {
      try {
        return isTaken(value)
      } catch (cause) {
        return fail(
          site,
          `The target could not be asked whether a value is taken: ${cause instanceof Error && !site.hidesValues ? cause.message : 'it gave no reason'}.`,
        )
      }
    }
  },
}

const defaultDomain: FunctionDefinition = {
  name: 'DefaultDomain',
  parameters: [],
  documentation: "The tenant's default domain; an error where it is not known.",
  examples: [
    {
      expression: 'Join("@", [alias], DefaultDomain())',
      attributes: { alias: 'jane' },
      context: { defaultDomain: 'contoso.com' },
      result: 'jane@contoso.com',
    },
  ],
  build: (call) => (run) => run.context.defaultDomain ?? fail(call.site, 'The default domain is not known here.'),
}

export const directoryFunctions: readonly FunctionDefinition[] = [selectUniqueValue, defaultDomain]
