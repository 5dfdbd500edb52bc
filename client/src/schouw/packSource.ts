import type { RangeResponse, Source } from 'pmtiles'
import { db } from '@/storage/db'

/** Reads a packed map out of its parts in the store, only those that are asked for. */
export class PackSource implements Source {
  constructor(
    private readonly sha256: string,
    private readonly size: number,
  ) {}

  getKey(): string {
    return this.sha256
  }

  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    const end = Math.min(offset + length, this.size)
    const wanted = new Uint8Array(Math.max(0, end - offset))
    for (const [, start] of await this.partsBefore(end)) {
      const part = await db.packParts.get([this.sha256, start])
      if (!part || start + part.bytes.byteLength <= offset) continue
      const from = Math.max(offset, start)
      const until = Math.min(end, start + part.bytes.byteLength)
      wanted.set(new Uint8Array(part.bytes, from - start, until - from), from - offset)
    }
    return { data: wanted.buffer }
  }

  private async partsBefore(end: number): Promise<[string, number][]> {
    return db.packParts
      .where('[sha256+start]')
      .between([this.sha256, 0], [this.sha256, end], true, false)
      .primaryKeys()
  }
}
