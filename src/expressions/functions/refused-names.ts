/*
 * Functions of the language's relatives that do not exist here, with what to write instead (expressions.md 8.7).
 */

const inStr = 'Use InStr on one value, or Item.'
const replace =
  'Use Replace with regexPattern; pad, for example, with Replace(Join("", "0000", [x]), , "(.*?)(?<id>.{0,4})$", , "${id}", , ).'

const hints: ReadonlyMap<string, string> = new Map(
  Object.entries({
    lcase: 'Use ToLower.',
    ucase: 'Use ToUpper.',
    ltrim: 'Use Trim.',
    rtrim: 'Use Trim.',
    trimstart: 'Use Trim.',
    trimend: 'Use Trim.',
    len: replace,
    right: replace,
    instrrev: replace,
    padleft: replace,
    padright: replace,
    contains: inStr,
    where: inStr,
    select: inStr,
    with: inStr,
    itemornull: inStr,
    isempty: 'Use IsNullOrEmpty.',
    isnumeric: 'Use IsNullOrEmpty.',
    isdate: 'Use IsNullOrEmpty.',
    isguid: 'Use IsNullOrEmpty.',
    substring: 'Use Mid.',
    substr: 'Use Mid.',
    concat: 'Use Join.',
    concatenate: 'Use Join.',
    if: 'Use IIF.',
  }),
)

export function substituteFor(name: string): string | null {
  return hints.get(name.toLowerCase()) ?? null
}
