/** What the tests use of libsodium-wrappers, which brings no types of its own. */
declare module 'libsodium-wrappers' {
  interface Sodium {
    ready: Promise<void>
    crypto_box_keypair(): { publicKey: Uint8Array; privateKey: Uint8Array }
    crypto_box_seal_open(box: Uint8Array, publicKey: Uint8Array, secretKey: Uint8Array): Uint8Array
  }
  const sodium: Sodium
  export default sodium
}
