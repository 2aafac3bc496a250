import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { decodeText } from './decode-text.ts'
import { DirectoryFileError } from './directory-file-error.ts'

async function decode(chunks: readonly Uint8Array[], encoding?: string): Promise<string> {
  async function* content(): AsyncGenerator<Uint8Array> {
    yield* chunks
  }
  let text = ''
  for await (const piece of decodeText({ name: 'users.csv', content: content() }, encoding)) text += piece
  return text
}

async function problemOf(chunks: readonly Uint8Array[], encoding?: string): Promise<DirectoryFileError> {
  const error: unknown = await decode(chunks, encoding).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof DirectoryFileError) return error
  throw new Error('The bytes were decoded, but a problem was expected.')
}

const utf16 = (text: string): Uint8Array => Buffer.from(`\ufeff${text}`, 'utf16le')
const utf16BigEndian = (text: string): Uint8Array => Buffer.from(utf16(text)).swap16()

describe('encodings', () => {
  test('UTF-8 with and without byte order mark', async () => {
    expect(await decode([Buffer.from('\ufeffJosé\n')])).toBe('José\n')
    expect(await decode([Buffer.from('José')])).toBe('José')
  })

  test('a byte order mark in the middle is a letter like others', async () => {
    expect(await decode([Buffer.from('a\n\ufeffb\n')])).toBe('a\n\ufeffb\n')
  })

  test('UTF-16 of both orders with byte order mark', async () => {
    expect(await decode([utf16('田中 𠮷\n')])).toBe('田中 𠮷\n')
    expect(await decode([utf16BigEndian('田中 𠮷\n')])).toBe('田中 𠮷\n')
  })

  test('another encoding when it is named', async () => {
    expect(await decode([Buffer.from('Jos\u00e9', 'latin1')], 'windows-1252')).toBe('José')
  })

  test('property: UTF-8 and UTF-16 text arrives whole, wherever the bytes are cut', async () => {
    const write = fc.constantFrom(utf16, utf16BigEndian, (text: string) => Buffer.from(text, 'utf8'))
    await fc.assert(
      fc.asyncProperty(
        fc.string({
          unit: fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }), fc.constant('\n')),
          maxLength: 30,
        }),
        write,
        fc.integer({ min: 1, max: 5 }),
        async (text, encode, size) => {
          fc.pre(!text.startsWith('\ufeff'))
          const bytes = Buffer.from(encode(text))
          const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
            bytes.subarray(index * size, (index + 1) * size),
          )
          expect(await decode(chunks)).toBe(text)
        },
      ),
    )
  })
})

describe('bytes that are no text', () => {
  test('invalid UTF-8 names its line', async () => {
    const bytes = Buffer.concat([Buffer.from('id,name\n1,Ann\n2,Jos'), Buffer.from([0xe9]), Buffer.from(' B\n3,x\n')])
    const { problems, scope } = await problemOf([bytes.subarray(0, 9), bytes.subarray(9)])
    expect(scope).toBe('file')
    expect(problems).toMatchObject([{ file: 'users.csv', line: 3, column: '' }])
    expect(problems[0]?.reason).toContain('--encoding windows-1252')
    expect(problems[0]?.value).toContain('2,Jos')
  })

  test('a file that was cut in the middle of a letter', async () => {
    expect((await problemOf([Buffer.from('id\nJosé').subarray(0, 7)])).problems).toMatchObject([{ line: 2 }])
    expect((await problemOf([utf16('id\nJosé').subarray(0, 13)])).problems).toMatchObject([{ line: 2 }])
  })

  test('a replacement character that really stands in the file is no error', async () => {
    expect(await decode([Buffer.from('a\ufffdb\n')])).toBe('a\ufffdb\n')
  })

  test.each([
    ['an Excel workbook', [0x50, 0x4b, 0x03, 0x04]],
    ['an old Excel workbook', [0xd0, 0xcf, 0x11, 0xe0]],
    ['a gzip archive', [0x1f, 0x8b, 0x08, 0x00]],
  ])('%s is called by its name', async (what, bytes) => {
    expect((await problemOf([Buffer.from(bytes)])).problems[0]?.reason).toContain(what)
  })

  test('an encoding nobody knows', async () => {
    expect((await problemOf([Buffer.from('a')], 'utf-9')).problems).toMatchObject([{ value: 'utf-9', line: 0 }])
  })
})
