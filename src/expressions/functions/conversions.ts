/*
 * The functions that turn a value into another form of itself: text, numbers, base64, hexadecimal (expressions.md 8.1, 8.4).
 */
import { settleInteger } from '../decimals.ts'
import { base64OfUtf16, bytesOfBase64, textOfAscii, textOfUtf16, textOfUtf8, utf8Hex } from '../encodings.ts'
import { fail, refuseLongText, shown, toInteger, toText } from '../values.ts'
import type { Site } from '../values.ts'
import type { FunctionDefinition } from './definition.ts'
import { argumentAt, optional, optionalAt, required } from './definition.ts'
import { eachText } from './each-text.ts'

const toBase64: FunctionDefinition = {
  name: 'ConvertToBase64',
  parameters: [required('source')],
  documentation: 'Base64 of the UTF-16LE bytes of the text.',
  examples: [
    { expression: 'ConvertToBase64("Hello world!")', attributes: {}, result: 'SABlAGwAbABvACAAdwBvAHIAbABkACEA' },
  ],
  build: (call) => buildEncoding(argumentAt(call, 0), call.site, base64OfUtf16),
}

const toUtf8Hex: FunctionDefinition = {
  name: 'ConvertToUTF8Hex',
  parameters: [required('source')],
  documentation: 'Upper-case hexadecimal of the UTF-8 bytes of the text.',
  examples: [{ expression: 'ConvertToUTF8Hex("é")', attributes: {}, result: 'C3A9' }],
  build: (call) => buildEncoding(argumentAt(call, 0), call.site, utf8Hex),
}

/** The longest encoding writes six digits for a character. */
function buildEncoding(
  source: Parameters<typeof eachText>[0],
  site: Site,
  encode: (text: string) => string,
): ReturnType<typeof eachText> {
  return eachText(source, site, (text) => {
    refuseLongText(text.length, site)
    const encoded = encode(text)
    refuseLongText(encoded.length, site)
    return encoded
  })
}

const fromBase64: FunctionDefinition = {
  name: 'ConvertFromBase64',
  parameters: [required('source'), optional('Encoding')],
  documentation:
    'The text whose bytes are given in base64. The encoding is Unicode (UTF-16LE, the default), UTF8 or ASCII. Anything else than base64 is an error.',
  examples: [{ expression: 'ConvertFromBase64("SGVsbG8gd29ybGQh", UTF8)', attributes: {}, result: 'Hello world!' }],
  build: (call) => {
    const { site } = call
    const source = argumentAt(call, 0).evaluate
    const encoding = optionalAt(call, 1)
    return (run) => {
      const text = toText(source(run), site)
      if (text === null) return null
      const decode = decoderNamed(encoding === null ? null : toText(encoding.evaluate(run), site), site)
      const bytes = bytesOfBase64(text) ?? fail(site, `Base64 is expected, but ${shown(site, text)} was given.`)
      return decode(bytes)
    }
  },
}

function decoderNamed(name: string | null, site: Site): (bytes: Uint8Array) => string {
  switch (name?.toLowerCase()) {
    case undefined:
    case 'unicode':
      return textOfUtf16
    case 'utf8':
      return textOfUtf8
    case 'ascii':
      return textOfAscii
    default:
      fail(site, `The encoding is to be Unicode, UTF8 or ASCII, but ${shown(site, name ?? '')} was given.`)
  }
}

const cStr: FunctionDefinition = {
  name: 'CStr',
  parameters: [required('value')],
  documentation:
    'The value as text: True or False, decimal digits, or M/d/yyyy h:mm:ss tt for a date. Several values are an error.',
  examples: [{ expression: 'CStr([accountEnabled])', attributes: { accountEnabled: false }, result: 'False' }],
  build: (call) => {
    const { evaluate } = argumentAt(call, 0)
    return (run) => toText(evaluate(run), call.site)
  },
}

const bitAnd: FunctionDefinition = {
  name: 'BitAnd',
  parameters: [required('value1', 'Integer'), required('value2', 'Integer')],
  documentation: 'The bits both numbers have, as 64-bit integers. Null is no number, so it is an error.',
  examples: [{ expression: 'BitAnd([userAccountControl], 2)', attributes: { userAccountControl: '514' }, result: '2' }],
  failsOnNull: [0, 1],
  build: (call) => {
    const { site } = call
    const value1 = argumentAt(call, 0).evaluate
    const value2 = argumentAt(call, 1).evaluate
    return (run) => {
      const left = BigInt(toInteger(value1(run), site))
      const right = BigInt(toInteger(value2(run), site))
      return settleInteger(left & right)
    }
  },
}

export const conversionFunctions: readonly FunctionDefinition[] = [toBase64, fromBase64, toUtf8Hex, cStr, bitAnd]
