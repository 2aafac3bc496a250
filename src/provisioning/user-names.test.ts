import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  nameFamily,
  reservedUserNames,
  spellUserName,
  userNameLengthMax,
  userNames,
  type UserNameRequest,
} from './user-names.ts'

interface Wishes extends Partial<Omit<UserNameRequest, 'spelt'>> {
  readonly offered: Iterable<string>
  readonly language?: string | null
}

function first(count: number, { offered, language = null, ...others }: Wishes): readonly string[] {
  const names: string[] = []
  function* spelt(): Generator<string, void> {
    for (const text of offered) yield spellUserName(text, language)
  }
  for (const name of userNames({ spelt: spelt(), anchor: 'a1ddcaa2-b2b1', avoided: new Set(), ...others })) {
    names.push(name)
    if (names.length === count) break
  }
  return names
}

test('the names the mapping offers come first, then the first one with numbers', () => {
  expect(first(5, { offered: ['anna.mueller', 'amueller', 'Anna.Mueller'] })).toEqual([
    'anna.mueller',
    'amueller',
    'anna.mueller2',
    'anna.mueller3',
    'anna.mueller4',
  ])
})

test('a long name is cut, and its number fits', () => {
  expect(first(3, { offered: ['bartholomew.featherstonehaugh'] })).toEqual([
    'bartholomew.feathers',
    'bartholomew.feather2',
    'bartholomew.feather3',
  ])
  expect(first(12, { offered: ['bartholomew.featherstonehaugh'] }).at(-1)).toBe('bartholomew.feathe12')
  expect(first(1, { offered: ['maximiliane.josephin-lang'] })).toEqual(['maximiliane.josephin'])
  expect(first(2, { offered: ['maximiliane.josephi.lang'] })).toEqual(['maximiliane.josephi', 'maximiliane.josephi2'])
})

test('reserved words and channels are passed over', () => {
  expect(first(2, { offered: ['admin'] })).toEqual(['admin2', 'admin3'])
  expect(first(2, { offered: ['sales'], avoided: new Set(['sales', 'sales2']) })).toEqual(['sales3', 'sales4'])
})

test('who cannot be written in Latin letters has the mail alias, or a name from the id', () => {
  expect(first(1, { offered: ['佐藤 陽子', 'yoko.sato@tidewater.example'] })).toEqual(['yoko.sato'])
  expect(first(2, { offered: ['佐藤 陽子', ''] })).toEqual(['user-a1ddcaa2', 'user-a1ddcaa22'])
  expect(first(1, { offered: ['สมชาย', 'דוד', '김민수'] })).toEqual(['user-a1ddcaa2'])
})

test.each([
  ['Jonas Groß', null, 'jonas.gross'],
  ['Anna Müller', null, 'anna.mueller'],
  ['Anna Müller', 'de-DE', 'anna.mueller'],
  ['Şükrü İnce', 'tr-TR', 'sukru.ince'],
  ['Björn Sjöström', 'sv-SE', 'bjorn.sjostrom'],
  ['Søren Øster', 'da-DK', 'soeren.oester'],
  ['Łukasz Żółć', 'pl-PL', 'lukasz.zolc'],
  ['Đặng Thị Hương', 'vi-VN', 'dang.thi.huong'],
  ['Ingibjörg Þórðardóttir', 'is-IS', 'ingibjoerg.thordardottir'],
  ['Ганна Ґонта', 'uk-UA', 'hanna.gonta'],
  ['Юрий Щербаков', 'ru-RU', 'yuriy.shcherbakov'],
  ['Γιώργος Παπαδόπουλος', 'el-GR', 'giorgos.papadopoulos'],
  ['محمد', 'ar', 'mhmd'],
  ['თამარ', null, 'tamar'],
  ['Máire Ní Bhriain', 'ga-IE', 'maire.ni.bhriain'],
  ["Conor O’Brien-O'Neill", null, 'conor.obrien-oneill'],
  ['Ｋｅｎ', null, 'ken'],
  ['ﬁnn', null, 'finn'],
  ['anna_gmail.com#EXT#@tidewater.example', null, 'anna_gmail.com.ext'],
  ['..__anna--mueller..', null, 'anna-mueller'],
  ['@anna', null, 'anna'],
  ['', null, ''],
])('%s (%s) is spelt %s', (text, language, expected) => {
  expect(spellUserName(text, language)).toBe(expected)
})

const aText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'anna.müller-ß_Øł12345Щ佐é@ '), maxLength: 40 }),
  fc.constantFrom(...reservedUserNames),
)
const aRequest = fc.record({
  offered: fc.array(aText, { maxLength: 4 }),
  anchor: fc.uuid(),
  language: fc.constantFrom(null, 'de', 'tr-TR', 'sv', 'constructor', ''),
  avoided: fc.array(aText, { maxLength: 3 }).map((names) => new Set(names)),
})

test('every name fits Slack, is no reserved word, no channel, and comes once', () => {
  fc.assert(
    fc.property(aRequest, (request) => {
      const names = first(120, request)
      expect(new Set(names).size).toBe(120)
      for (const name of names) {
        expect(name.length).toBeLessThanOrEqual(userNameLengthMax)
        expect(name).toMatch(/^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/)
        expect(reservedUserNames.has(name) || request.avoided.has(name)).toBe(false)
      }
      expect(first(120, request)).toEqual(names)
    }),
  )
})

test('only as many offers are read as names are taken', () => {
  function* offered(): Generator<string, void> {
    yield 'anna'
    throw new Error('the second offer was read')
  }
  expect(first(1, { offered: offered() })).toEqual(['anna'])
})

test('a name and its numbered forms are one family', () => {
  fc.assert(
    fc.property(aText, fc.uuid(), (text, anchor) => {
      const [base = '', ...others] = first(300, { offered: [text], anchor })
      fc.pre(!reservedUserNames.has(text.toLowerCase()))
      for (const name of others) expect(nameFamily(name)).toBe(nameFamily(base))
      // Whoever is called like a numbered form competes with those it is a form of.
      for (const name of others.slice(0, 5)) {
        for (const form of first(20, { offered: [name] })) expect(nameFamily(form)).toBe(nameFamily(base))
      }
    }),
  )
})
