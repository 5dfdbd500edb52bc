import { db } from './db'

/**
 * Unsent answers and photos are encrypted on the phone (ASVS 14.3.3). Assumptions: the browser keeps the key
 * where scripts can use it and never read it, so a copied disk image holds no answers. When the key is lost
 * (site data cleared) the answers are gone with it: both live in the same store and are cleared together.
 */
export interface Sealed {
  iv: Uint8Array<ArrayBuffer>
  bytes: ArrayBuffer
}

const ALGORITHM = 'AES-GCM'
const IV_BYTES = 12

let opened: Promise<CryptoKey> | null = null

export async function sealBytes(plain: ArrayBuffer): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  return { iv, bytes: await crypto.subtle.encrypt({ name: ALGORITHM, iv }, await vaultKey(), plain) }
}

/** The bytes that were sealed; throws when they were changed or sealed with another key. */
export async function openBytes(sealed: Sealed): Promise<ArrayBuffer> {
  return crypto.subtle.decrypt({ name: ALGORITHM, iv: sealed.iv }, await vaultKey(), sealed.bytes)
}

export async function sealText(plain: string): Promise<Sealed> {
  return sealBytes(new TextEncoder().encode(plain).buffer)
}

export async function openText(sealed: Sealed): Promise<string> {
  return new TextDecoder().decode(await openBytes(sealed))
}

/** What was opened, or null when it is damaged: one damaged thing must not hold up all others. */
export async function readable<T>(opening: Promise<T>): Promise<T | null> {
  return opening.catch(() => null)
}

/** The one key of this phone, made at first use. Two tabs that both make one: the first stored wins. */
function vaultKey(): Promise<CryptoKey> {
  opened ??= loadOrMakeKey().catch((error: unknown) => {
    opened = null
    throw error
  })
  return opened
}

async function loadOrMakeKey(): Promise<CryptoKey> {
  const stored = await db.keys.get('vault')
  if (stored) return stored.key
  const made = await crypto.subtle.generateKey({ name: ALGORITHM, length: 256 }, false, [
    'encrypt',
    'decrypt',
  ])
  return db.transaction('rw', db.keys, async () => {
    const other = await db.keys.get('vault')
    if (other) return other.key
    await db.keys.add({ id: 'vault', key: made })
    return made
  })
}

/** Forgets the key in memory, so that the next use reads it from the store again. For tests. */
export function closeVault(): void {
  opened = null
}
