interface Detector {
  detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]>
}
type DetectorMaker = new () => Detector

const LOOK_EVERY_MS = 200

/** Whether this browser reads codes with the camera; if not, a person types what stands below the code. */
export function canScan(): boolean {
  return 'BarcodeDetector' in globalThis && 'mediaDevices' in navigator
}

/** Shows the camera in `video` and calls `found` with the first code. The returned function stops it. */
export async function scanCode(video: HTMLVideoElement, found: (code: string) => void): Promise<() => void> {
  const { BarcodeDetector } = globalThis as unknown as { BarcodeDetector: DetectorMaker }
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  const detector = new BarcodeDetector()
  let timer: ReturnType<typeof setTimeout> | undefined
  let stopped = false
  const stop = (): void => {
    stopped = true
    clearTimeout(timer)
    stream.getTracks().forEach((track) => track.stop())
  }
  const look = async (): Promise<void> => {
    // A frame that cannot be read yet is no fault: the next one comes soon.
    const [code] = await detector.detect(video).catch(() => [])
    if (stopped) return
    if (code) {
      stop()
      found(code.rawValue)
    } else {
      timer = setTimeout(() => void look(), LOOK_EVERY_MS)
    }
  }
  video.srcObject = stream
  await video.play()
  void look()
  return stop
}
