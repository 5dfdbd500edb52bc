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
  const plain = new Blob([text])
  if (plain.size <= WORTH_IT_BYTES || !('CompressionStream' in globalThis))
    return { body: text, size: plain.size, headers: {} }
  const stream = plain.stream().pipeThrough(new CompressionStream('gzip'))
  const body = await new Response(stream).arrayBuffer()
  return { body, size: body.byteLength, headers: { 'Content-Encoding': 'gzip' } }
}
