import { expect, test } from 'vitest'
import { firstDay, momentInWords, monthsOf, shownMoment, storedMoment } from '@/forms/moments'
import { asNumberText, withThousands } from '@/forms/numbers'
import { plainText, prepareXForm, splitHint } from '@/forms/prepareXForm'
import { onStep, valuesOf } from '@/forms/range'

test('a moment goes in and comes out as it was typed', () => {
  for (const [kind, typed] of [
    ['date', '2026-11-22'],
    ['time', '00:05'],
    ['dateTime', '2026-11-22T23:59'],
  ] as const)
    expect(shownMoment(kind, storedMoment(kind, typed) ?? '')).toBe(typed)
})
test('a moment is said in words, at the time that was recorded', () => {
  expect(momentInWords('dateTime', '2026-07-01T09:30:00.000+09:00', 'nl')).toBe('1 juli 2026, 09:30')
  expect(momentInWords('date', '2026-11-22', 'nl')).toBe('22 november 2026')
  expect(momentInWords('month', '2026-11-01', 'nl')).toBe('november 2026')
  expect(momentInWords('year', '2026-01-01', 'nl')).toBe('2026')
  expect(momentInWords('time', '14:05:00.000+01:00', 'nl')).toBe('14:05')
  expect(momentInWords('date', 'gisteren', 'nl')).toBe('gisteren')
})
test('a month or year that is not complete is no day', () => {
  expect([firstDay('2026', '11'), firstDay('26', '11'), firstDay('2026', '')]).toEqual([
    '2026-11-01',
    null,
    null,
  ])
  expect(monthsOf('nl')[0]).toEqual({ value: '01', name: 'januari' })
})
test('values of a range stand on its steps, without the noise of fractions', () => {
  const tenths = { from: 0, to: 0.5, step: 0.1 }
  expect(valuesOf(tenths)).toEqual(['0', '0.1', '0.2', '0.3', '0.4', '0.5'])
  expect([onStep(0.34, tenths), onStep(0.6, tenths), onStep(Number.NaN, tenths)]).toEqual(['0.3', null, null])
  expect(onStep(10, { from: 0, to: 10, step: 4 })).toBe('8')
  expect(valuesOf({ from: 0, to: 100_000, step: 1 })).toEqual([])
})
test('large numbers are read and written with groups', () => {
  expect(['12.500', '1.234,5', '12 500', '1.25'].map((typed) => asNumberText(typed, false))).toEqual([
    '12.500',
    '1234.5',
    '12500',
    '1.25',
  ])
  expect(asNumberText('12.500', true)).toBe('12500')
  expect(['999', '12500', '1234567.5'].map(withThousands)).toEqual([
    '999',
    '12\u202F500',
    '1\u202F234\u202F567,5',
  ])
})
test('guidance is told from the hint, and texts for other devices are left out', () => {
  const xform = prepareXForm(
    '<text id="h"><value>Tip</value><value form="guidance">Meer <output value="/a"/></value></text>' +
      '<text id="l"><value>Bord</value><value form="image">jr://images/a.png</value>' +
      '<value form="big-image">jr://images/b.png</value></text>',
  )
  expect(splitHint('Tip\uE000Meer 3\uE001')).toEqual({ hint: 'Tip', guidance: 'Meer 3' })
  expect(xform).toContain('<value form="guidance">\uE000Meer <output value="/a"/>\uE001</value>')
  expect(xform).toContain('a.png')
  expect(xform).not.toContain('b.png')
})
test('text is read without its marks', () => {
  expect(plainText('## Let **op**: zie [de site](https://a.nl) <span style="color:red">nu</span>')).toBe(
    'Let op: zie de site nu',
  )
  expect(plainText('3 < 4 en 5 > 4')).toBe('3 < 4 en 5 > 4')
})
