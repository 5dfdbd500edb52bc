// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { givenName, keptFile, megabytes } from '@/forms/keptFile'
import { makePhoto } from '../factories'
import { chooseFile, mountQuestion, named, press, settled, textOf, unmountQuestion, valueOf } from './mount'

const drawn: unknown[][] = []

beforeEach(() => {
  URL.createObjectURL = () => 'blob:voorbeeld'
  URL.revokeObjectURL = () => undefined
  drawn.length = 0
  HTMLCanvasElement.prototype.getContext = (() => ({
    fillRect: () => undefined,
    beginPath: () => undefined,
    moveTo: (...spot: number[]) => drawn.push(['from', ...spot]),
    lineTo: (...spot: number[]) => drawn.push(['to', ...spot]),
    stroke: () => undefined,
    drawImage: () => drawn.push(['image']),
  })) as never
  HTMLCanvasElement.prototype.toBlob = function (made) {
    made(new Blob([new Uint8Array([137, 80, 78, 71])], { type: 'image/png' }))
  }
})
afterEach(() => {
  unmountQuestion()
  vi.unstubAllGlobals()
})

function soundFile(name = 'Fluitende vogel é.mp3'): File {
  return new File([new Uint8Array(2048)], name, { type: 'audio/mpeg' })
}

test('a photo is kept before the answer names it, and a new one takes its place', async () => {
  const question = await mountQuestion('foto')
  await chooseFile('Foto maken', makePhoto())
  const first = valueOf(question)
  expect(first).toMatch(/^\d+\.jpg$/)
  expect([...question.files.keys()]).toEqual([first])
  await new Promise((resolve) => setTimeout(resolve, 2))
  await chooseFile('Andere foto maken', makePhoto())
  expect([...question.files.keys()]).toEqual([valueOf(question)])
  await press('Foto weghalen')
  expect([valueOf(question), question.files.size]).toEqual(['', 0])
})
test('a question that wants a new photo offers no old one', async () => {
  await mountQuestion('foto')
  expect(named('Foto maken').getAttribute('capture')).toBe('environment')
  expect(textOf()).not.toContain('Foto kiezen')
})
test('a file that is no photo is refused with a sentence', async () => {
  const question = await mountQuestion('foto')
  await chooseFile('Foto maken', new File(['x'], 'brief.pdf', { type: 'application/pdf' }))
  expect(textOf('[role="alert"]')).toBe('Deze foto kan niet worden gebruikt. Maak een andere foto.')
  expect(valueOf(question)).toBe('')
})
test('a photo that does not fit is told plainly, keeps the text, and photos can be sent first', async () => {
  const question = await mountQuestion('foto')
  vi.spyOn(question.files, 'set').mockImplementation(() => {
    throw new DOMException('vol', 'QuotaExceededError')
  })
  await chooseFile('Foto maken', makePhoto())
  expect(textOf('[role="alert"]')).toContain('Uw tekst is wel bewaard. Verstuur eerst')
  expect(named('Nu versturen')).toBeDefined()
  expect(valueOf(question)).toBe('')
})
test('a drawing is kept when the finger leaves the screen, and wiped', async () => {
  const question = await mountQuestion('tekening')
  const canvas = document.querySelector('canvas')
  const touch = (name: string, clientX: number): void => {
    const event = new MouseEvent(name, { clientX, clientY: 5, bubbles: true })
    canvas?.dispatchEvent(Object.assign(event, { isPrimary: true, pointerId: 1 }))
  }
  touch('pointerdown', 1)
  touch('pointermove', 2)
  touch('pointerup', 2)
  await settled()
  expect(drawn.filter(([what]) => what === 'to')).toHaveLength(2)
  expect(valueOf(question)).toMatch(/^\d+\.png$/)
  expect(question.files.get(valueOf(question))?.type).toBe('image/png')
  await press('Tekening wissen')
  expect([valueOf(question), question.files.size]).toEqual(['', 0])
})
test('who cannot draw chooses a photo for a signature', async () => {
  const question = await mountQuestion('handtekening')
  await chooseFile('Een foto kiezen', makePhoto())
  expect(valueOf(question)).toMatch(/^\d+\.jpg$/)
})
test('a sound is chosen where the browser cannot record', async () => {
  const question = await mountQuestion('geluid')
  expect(textOf()).not.toContain('Opnemen')
  await chooseFile('Een opname kiezen', soundFile())
  expect(valueOf(question)).toMatch(/^\d{13}-Fluitende-vogel-e\.mp3$/)
  expect(textOf()).toContain('Fluitende-vogel-e.mp3 (0,1 MB)')
})
test('a sound is recorded where the browser can', async () => {
  const stopped: string[] = []
  vi.stubGlobal('navigator', {
    mediaDevices: {
      getUserMedia: () => Promise.resolve({ getTracks: () => [{ stop: () => stopped.push('track') }] }),
    },
  })
  vi.stubGlobal(
    'MediaRecorder',
    class extends EventTarget {
      mimeType = 'audio/webm;codecs=opus'
      state = 'recording'
      start(): void {
        this.state = 'recording'
      }
      stop(): void {
        this.state = 'inactive'
        this.dispatchEvent(Object.assign(new Event('dataavailable'), { data: new Blob(['geluid']) }))
        this.dispatchEvent(new Event('stop'))
      }
    },
  )
  const question = await mountQuestion('geluid')
  await press('Opnemen')
  expect(textOf()).toContain('Er wordt opgenomen: 0:00')
  await press('Stoppen met opnemen')
  expect(valueOf(question)).toMatch(/^\d{13}-opname\.webm$/)
  expect(question.files.get(valueOf(question))?.type).toBe('audio/webm')
  expect(stopped).toEqual(['track'])
})
test('a microphone that may not be used says what to do', async () => {
  vi.stubGlobal('MediaRecorder', EventTarget)
  vi.stubGlobal('navigator', {
    mediaDevices: { getUserMedia: () => Promise.reject(new DOMException('nee', 'NotAllowedError')) },
  })
  await mountQuestion('geluid')
  await press('Opnemen')
  expect(textOf('[role="alert"]')).toContain('De app mag de microfoon niet gebruiken')
})
test('any file is kept under a safe name, and one that is too large is not', async () => {
  const question = await mountQuestion('bestand')
  await chooseFile(
    'Een bestand kiezen',
    new File(['tekst'], 'Brief <van> Jan.pdf', { type: 'application/pdf' }),
  )
  expect(valueOf(question)).toMatch(/^\d{13}-Brief-van-Jan\.pdf$/)
  const large = new File(['x'], 'groot.bin')
  Object.defineProperty(File.prototype, 'size', { get: () => 26 * 1024 * 1024, configurable: true })
  await chooseFile('Een ander bestand kiezen', large)
  Reflect.deleteProperty(File.prototype, 'size')
  expect(textOf('[role="alert"]')).toBe('Dit is te groot. Kies iets van hoogstens 25 MB.')
  expect(valueOf(question)).toContain('Brief-van-Jan')
})
test('a name without anything usable still becomes a name', () => {
  expect(keptFile(new File([], '???'), 1732280580000).name).toBe('1732280580000-bestand.bin')
  expect(givenName('1732280580000-brief.pdf')).toBe('brief.pdf')
  expect(megabytes(2.25 * 1024 * 1024, 'nl')).toBe('2,3 MB')
})
