import { describe, expect, it } from 'vitest'
import { lengthOf, nearestOn, pointAt } from '@/desk/measure'

const LINE = [
  [6.64, 52.65],
  [6.65, 52.65],
  [6.65, 52.655],
]

describe('metres along a line', () => {
  it('are those of the server, to a decimetre', () => {
    expect(lengthOf(LINE.slice(0, 2))).toBeCloseTo(676.6, 0)
  })

  it('come back from the point they lead to', () => {
    for (const metres of [0, 10, 400, 676, 700, 1200]) {
      const along = nearestOn(LINE, pointAt(LINE, metres))
      expect(along.metres).toBeCloseTo(metres, 3)
      expect(along.awayM).toBeLessThan(0.001)
    }
  })

  it('of a point beside the line are those of the nearest place, with how far away it is', () => {
    const { metres, awayM } = nearestOn(LINE, [6.645, 52.6505])
    expect(metres).toBeCloseTo(lengthOf(LINE.slice(0, 2)) / 2, 1)
    expect(awayM).toBeCloseTo(55.6, 0)
  })

  it('end where the line ends', () => {
    expect(pointAt(LINE, 99_999)).toEqual([6.65, 52.655])
    expect(pointAt(LINE, -5)).toEqual([6.64, 52.65])
  })
})
