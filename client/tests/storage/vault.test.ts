import { beforeEach, expect, test } from 'vitest'
import { db } from '@/storage/db'
import { closeVault, openText, sealText } from '@/storage/vault'

beforeEach(async () => {
  closeVault()
  await db.keys.clear()
})

test('what was sealed opens again after the app is opened anew', async () => {
  const sealed = await sealText('De stoep ligt scheef')
  closeVault()
  expect(await openText(sealed)).toBe('De stoep ligt scheef')
})
test('the sealed bytes do not show the text, and differ each time', async () => {
  const [first, second] = [await sealText('Kerklaan'), await sealText('Kerklaan')]
  expect(new TextDecoder().decode(first.bytes)).not.toContain('Kerklaan')
  expect(first.iv).not.toEqual(second.iv)
})
test('changed bytes do not open', async () => {
  const sealed = await sealText('A')
  new Uint8Array(sealed.bytes)[0]! ^= 1
  await expect(openText(sealed)).rejects.toThrow()
})
test('the key cannot be read out', async () => {
  await sealText('A')
  const stored = await db.keys.get('vault')
  expect(stored?.key.extractable).toBe(false)
})
