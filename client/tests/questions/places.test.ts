// @vitest-environment jsdom
import { afterEach, expect, test, vi } from 'vitest'
import { areaM2, lengthM, pointsIn, storedPoints, typedPoint } from '@/forms/geometry'
import {
  mountQuestion,
  openEverything,
  press,
  settled,
  textOf,
  type,
  unmountQuestion,
  valueOf,
} from './mount'

type Found = (position: { coords: Partial<GeolocationCoordinates> }) => void
let moveTo: (latitude: number, longitude: number, accuracy?: number) => Promise<void>
let fail: (code: number) => Promise<void>
const cleared: number[] = []

function makePhone(): void {
  let listener: Found = () => undefined
  let failing: (error: { code: number; PERMISSION_DENIED: number }) => void = () => undefined
  vi.stubGlobal('navigator', {
    geolocation: {
      watchPosition: (found: Found, failed: typeof failing) => {
        listener = found
        failing = failed
        return 7
      },
      clearWatch: (id: number) => cleared.push(id),
    },
  })
  moveTo = async (latitude, longitude, accuracy = 4) => {
    listener({ coords: { latitude, longitude, accuracy, altitude: null } })
    await settled()
  }
  fail = async (code) => {
    failing({ code, PERMISSION_DENIED: 1 })
    await settled()
  }
}

afterEach(() => {
  unmountQuestion()
  vi.unstubAllGlobals()
  cleared.length = 0
})

test('a place keeps the best fix and says how good it is', async () => {
  makePhone()
  const question = await mountQuestion('plek')
  await press('Bepaal mijn plek')
  await moveTo(52.7, 6.6, 40)
  await moveTo(52.8, 6.7, 90)
  expect(textOf('[role="status"]')).toBe('Nu op 40 meter nauwkeurig')
  await moveTo(52.71, 6.61, 8)
  expect(textOf('[role="status"]')).toContain('op 8 meter nauwkeurig')
  expect(valueOf(question)).toBe('52.71 6.61 0.0 8.0')
  await press('Plek weghalen')
  expect(valueOf(question)).toBe('')
})
test('a place can be typed, and what is no place says so', async () => {
  const question = await mountQuestion('plek')
  await type('Breedte', '95')
  await type('Lengte', '6,61')
  await press('Deze plek gebruiken')
  expect(textOf('[role="alert"]')).toContain('Dit is geen plek')
  await type('Breedte', '52,68')
  await press('Deze plek gebruiken')
  expect(valueOf(question)).toBe('52.68 6.61 0.0 0.0')
  expect(textOf('[role="status"]')).toBe('✓ Uw plek is ingevuld: 52,68 en 6,61')
})
test('a walk makes points, leaves out who stands still and bad fixes, and pauses', async () => {
  makePhone()
  const question = await mountQuestion('lijn')
  await press('Beginnen met lopen')
  await moveTo(52.7, 6.6)
  await moveTo(52.70001, 6.6)
  await moveTo(52.75, 6.6, 200)
  await moveTo(52.701, 6.6)
  await press('Pauze')
  await moveTo(52.702, 6.6)
  expect(valueOf(question)).toBe('52.7 6.6 0.0 4.0;52.701 6.6 0.0 4.0')
  expect(textOf('[role="status"]')).toBe('2 punten, 111 meter lang')
  await press('Verder lopen')
  await moveTo(52.703, 6.6)
  await press('Klaar met lopen')
  expect(pointsIn(valueOf(question), 'trace')).toHaveLength(3)
  expect(cleared).toEqual([7])
})
test('a point is put by hand and the last one taken away', async () => {
  makePhone()
  const question = await mountQuestion('lijn')
  await press('Beginnen met lopen')
  await moveTo(52.7, 6.6)
  await moveTo(52.70001, 6.6)
  await press('Hier een punt zetten')
  expect(pointsIn(valueOf(question), 'trace')).toHaveLength(2)
  await press('Laatste punt weghalen')
  expect(valueOf(question)).toBe('')
  expect(textOf('[role="status"]')).toContain('U heeft er minstens 2 nodig')
})
test('a shape is closed, says its surface, and comes back open to walk on', async () => {
  makePhone()
  const root = await openEverything()
  const question = await mountQuestion('vlak', root)
  for (const [lat, lon] of [
    ['52,7', '6,6'],
    ['52,701', '6,6'],
    ['52,701', '6,602'],
  ] as const) {
    await type('Breedte', lat)
    await type('Lengte', lon)
    await press('Dit punt erbij')
  }
  const stored = valueOf(question).split(';')
  expect(stored).toHaveLength(4)
  expect(stored[3]).toBe(stored[0])
  expect(textOf('[role="status"]')).toBe('3 punten, 7.493 vierkante meter')
  await mountQuestion('vlak', root)
  expect(textOf('[role="status"]')).toContain('3 punten')
  await press('Alles weghalen')
  expect(valueOf(question)).toBe('')
})
test('a phone that may not tell its place says what to do, and points can still be typed', async () => {
  makePhone()
  await mountQuestion('lijn')
  await press('Beginnen met lopen')
  await fail(1)
  expect(textOf('[role="alert"]')).toContain('De app mag uw plek niet weten')
  expect(textOf()).toContain('Dit punt erbij')
})
test('a walk goes on after a moment without a fix', async () => {
  makePhone()
  await mountQuestion('lijn')
  await press('Beginnen met lopen')
  await fail(2)
  expect(textOf('[role="alert"]')).toContain('Uw plek is niet gevonden')
  await moveTo(52.7, 6.6)
  expect(document.querySelector('[role="alert"]')).toBeNull()
})
test('who walks back to the very beginning has closed the shape', () => {
  const at = (latitude: number, longitude: number) => ({ latitude, longitude, altitude: 0, accuracy: 0 })
  const corners = [at(52, 6), at(52, 6.1), at(52.1, 6.1)]
  expect(storedPoints([...corners, at(52, 6)], 'shape')).toEqual([...corners, at(52, 6)])
  expect(storedPoints([at(52, 6), at(52, 6.1), at(52, 6)], 'shape')).toBeNull()
  expect(storedPoints(corners, 'trace')).toEqual(corners)
})
test('lengths and surfaces are those of the earth', () => {
  const at = (latitude: number, longitude: number) => ({ latitude, longitude, altitude: 0, accuracy: 0 })
  expect(lengthM([at(52, 6), at(53, 6)])).toBeCloseTo(111_195, -1)
  // A square of a hundred metres at 52 degrees north.
  const [dLat, dLon] = [100 / 111_195.08, 100 / (111_195.08 * Math.cos((52 * Math.PI) / 180))]
  const square = [at(52, 6), at(52 + dLat, 6), at(52 + dLat, 6 + dLon), at(52, 6 + dLon)]
  expect(areaM2(square)).toBeCloseTo(10_000, 0)
  expect(areaM2([])).toBe(0)
})
test('only a place on earth is a place', () => {
  expect(typedPoint('52.68', '6.61')).toMatchObject({ latitude: 52.68, longitude: 6.61 })
  for (const [lat, lon] of [
    ['', '6'],
    ['91', '6'],
    ['52', '181'],
    ['0', '0'],
    ['52,6,1', '6'],
  ] as const)
    expect(typedPoint(lat, lon), `${lat} ${lon}`).toBeNull()
})
