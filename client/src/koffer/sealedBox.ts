import { hsalsa, xsalsa20poly1305 } from '@noble/ciphers/salsa.js'
import { x25519 } from '@noble/curves/ed25519.js'
import { blake2b } from '@noble/hashes/blake2.js'

/**
 * libsodium's `crypto_box_seal`: only the holder of the secret key can open the box, not even who made it. Put together
 * from the pieces that libsodium itself puts together (X25519, HSalsa20, XSalsa20-Poly1305, BLAKE2b), because
 * libsodium as a whole is 150 kB to store on every phone and these are 16 kB. The tests open the boxes with libsodium.
 */
const NONCE_BYTES = 24
/** "expand 32-byte k", the constant of Salsa20. */
const SIGMA = words(new TextEncoder().encode('expand 32-byte k'))

export function sealedBox(content: Uint8Array, publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  const ephemeral = x25519.keygen()
  const nonce = blake2b(joined(ephemeral.publicKey, publicKey), { dkLen: NONCE_BYTES })
  const shared = x25519.getSharedSecret(ephemeral.secretKey, publicKey)
  return joined(ephemeral.publicKey, xsalsa20poly1305(boxKey(shared), nonce).encrypt(content))
}

/** `crypto_box_beforenm`: the shared secret is not used as it is, but hashed with HSalsa20. */
function boxKey(shared: Uint8Array): Uint8Array {
  const key = new Uint32Array(8)
  hsalsa(SIGMA, words(shared), new Uint32Array(4), key)
  const bytes = new DataView(new ArrayBuffer(32))
  key.forEach((word, index) => bytes.setUint32(index * 4, word, true))
  return new Uint8Array(bytes.buffer)
}

/** As little-endian words. */
function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Uint32Array.from({ length: bytes.length / 4 }, (_, index) => view.getUint32(index * 4, true))
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
