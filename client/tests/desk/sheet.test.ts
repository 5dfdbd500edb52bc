// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest'
import { CornerList } from '@/desk/cornerList'
import { Sheet } from '@/desk/sheet'

const TEXTS = {
  corner: 'Hoekpunt {number}',
  lon: 'Lengtegraad',
  lat: 'Breedtegraad',
  remove: 'Weg',
  after: 'Erna',
}
const circle = (count: number): number[][] =>
  Array.from({ length: count }, (_none, at) => [6 + Number((at / 1000).toFixed(3)), 52 + (at % 2) / 100])

function screen(count: number): { sheet: Sheet; list: HTMLElement } {
  document.body.innerHTML = '<ol id="hoekpunten"></ol>'
  const list = document.querySelector<HTMLElement>('#hoekpunten')!
  Element.prototype.scrollIntoView = () => undefined
  const sheet = new Sheet('polygon', [{ part: 0, corners: circle(count) }])
  new CornerList(list, sheet, TEXTS)
  return { sheet, list }
}
const press = (element: Element, key: string, shiftKey = false) =>
  element.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true, cancelable: true }))

describe('the list of corners', () => {
  let { sheet, list } = screen(4)
  const item = (at: number): HTMLElement => list.children[at] as HTMLElement
  const chooser = (at: number): HTMLElement => item(at).querySelector('[data-do=choose]')!
  beforeEach(() => ({ sheet, list } = screen(4)))

  it('has an item for each corner with its coordinates', () => {
    expect(list.children).toHaveLength(4)
    expect(chooser(1).textContent).toBe('Hoekpunt 2')
    expect([...item(1).querySelectorAll('input')].map((input) => input.value)).toEqual([
      '6.0010000',
      '52.0100000',
    ])
  })

  it('moves the corner that has the focus with the arrow keys, ten times as far with shift', () => {
    chooser(0).focus()
    press(chooser(0), 'ArrowUp')
    press(chooser(0), 'ArrowUp', true)
    expect(sheet.rings[0]!.corners[0]![1]! - 52).toBeCloseTo(11 / 111_320, 6)
    expect(document.activeElement).toBe(chooser(0))
    expect(sheet.chosen).toEqual({ ring: 0, corner: 0 })
  })

  it('takes typed coordinates', () => {
    const [lon] = item(2).querySelectorAll('input')
    lon!.value = '6.5'
    lon!.dispatchEvent(new Event('change', { bubbles: true }))
    expect(sheet.rings[0]!.corners[2]).toEqual([6.5, 52])
  })

  it('adds and removes corners, and everything can be undone', () => {
    const before = JSON.stringify(sheet.rings)
    item(0).querySelector<HTMLElement>('[data-do=after]')!.click()
    expect(list.children).toHaveLength(5)
    expect(document.activeElement).toBe(chooser(1))
    item(1).querySelector<HTMLElement>('[data-do=remove]')!.click()
    item(1).querySelector<HTMLElement>('[data-do=remove]')!.click()
    expect(list.children).toHaveLength(3)
    for (let times = 0; times < 3; times++) sheet.undo()
    expect(JSON.stringify(sheet.rings)).toBe(before)
    expect(sheet.canUndo).toBe(false)
  })

  it('shows a hundred at a time when there are more than two hundred', () => {
    ;({ sheet, list } = screen(250))
    const pages = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('nav button')]
    expect([list.children.length, pages().length]).toEqual([100, 3])
    pages()[2]!.click()
    expect(list.children).toHaveLength(50)
    expect(chooser(0).textContent).toBe('Hoekpunt 201')
    sheet.choose({ ring: 0, corner: 120 }, 'map')
    expect(list.querySelector('[aria-current] button')!.textContent).toBe('Hoekpunt 121')
  })
})
