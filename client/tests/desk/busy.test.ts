// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sayWhenBusy } from '@/desk/busy'

beforeEach(() => {
  vi.useFakeTimers()
  document.body.innerHTML = '<form><button>Lees in</button></form>'
})
afterEach(() => vi.useRealTimers())

function send(): void {
  document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }))
}
const said = () => document.querySelector('[role=status]')?.textContent ?? null

test('a form that takes longer than a second says so, and not when one comes back to the page', () => {
  sayWhenBusy('Even geduld')
  send()
  expect(said()).toBeNull()
  vi.advanceTimersByTime(1000)
  expect(said()).toBe('Even geduld')
  dispatchEvent(new Event('pageshow'))
  expect(said()).toBeNull()
})
