/** Below this, compressing costs more than it saves. */
const WORTH_IT_BYTES = 1024

export interface Packed {
  body: BodyInit
  /** In bytes, as it goes over the line. */
  size: number
  headers: Record<string, string>
}

/** The text as it goes over the line: compressed when it is worth it and the browser can. */
export async function pack(text: string): Promise<Packed> {
  const plain = new TextEncoder().encode(text)
  const { body: stream } = new Response(plain)
  if (plain.length <= WORTH_IT_BYTES || !stream || !('CompressionStream' in globalThis))
    return { body: text, size: plain.length, headers: {} }
  const body = await new Response(stream.pipeThrough(new CompressionStream('gzip'))).arrayBuffer()
  return { body, size: body.byteLength, headers: { 'Content-Encoding': 'gzip' } }
}
