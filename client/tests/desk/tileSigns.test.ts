import { describe, expect, it } from 'vitest'
import { LABEL, labelOf, shortCount } from '@/desk/tileSigns'

describe('signs of the map', () => {
  it.each([
    [1, '1'],
    [999, '999'],
    [1000, '1k'],
    [1249, '1,2k'],
    [9949, '9,9k'],
    [9950, '10k'],
    [45_400, '45k'],
    [999_499, '999k'],
    [1_000_000, '1M'],
  ])('says %i in at most four characters', (count, said) => {
    expect(shortCount(count)).toBe(said)
    expect(said.length).toBeLessThanOrEqual(4)
  })

  it('keeps a score as it is and shortens a count', () => {
    expect(labelOf(`${LABEL}A+`)).toBe('A+')
    expect(labelOf(`${LABEL}12345`)).toBe('12k')
  })
})
