type Work = (lock: object | null) => unknown

interface How {
  ifAvailable?: boolean
  steal?: boolean
}

/** Web Locks for one name, as browsers have them: who is robbed hears an AbortError and goes on working all the same. */
export class FakeLocks {
  private holder: { rob: () => void } | null = null

  async request(_name: string, { steal }: How, work: Work): Promise<unknown> {
    if (this.holder && !steal) return work(null)
    this.holder?.rob()
    return new Promise((resolve, reject) => {
      const mine = { rob: () => reject(new DOMException('stolen', 'AbortError')) }
      this.holder = mine
      const release = (): void => {
        if (this.holder === mine) this.holder = null
      }
      Promise.resolve(work({})).then(resolve, reject).finally(release)
    })
  }

  /** The browser frees what a closed tab held, and nobody hears of that tab again. */
  closeHolder(): void {
    this.holder = null
  }
}
