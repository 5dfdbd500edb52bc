const EXTENSIONS: Record<string, string> = { 'audio/mp4': 'm4a', 'audio/ogg': 'ogg', 'audio/webm': 'webm' }

export type RecordError = 'denied' | 'unavailable'

export interface Recording {
  /** Ends the recording; the sound as a file. */
  stop: () => Promise<File>
  /** Ends it and throws it away. */
  cancel: () => void
}

/** Whether this browser can record; if not, a person can still choose a sound file. */
export function canRecord(): boolean {
  return typeof MediaRecorder !== 'undefined' && 'mediaDevices' in navigator
}

/** Starts recording; throws a RecordError when the microphone may not or cannot be used. */
export async function startRecording(): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch((error: unknown) => {
    throw isDenied(error) ? 'denied' : 'unavailable'
  })
  const recorder = new MediaRecorder(stream)
  const parts: Blob[] = []
  recorder.addEventListener('dataavailable', (event) => parts.push(event.data))
  const letGo = (): void => stream.getTracks().forEach((track) => track.stop())
  recorder.start()
  return {
    stop: () =>
      new Promise((resolve) => {
        recorder.addEventListener('stop', () => {
          letGo()
          resolve(soundFile(parts, recorder.mimeType))
        })
        recorder.stop()
      }),
    cancel: () => {
      if (recorder.state !== 'inactive') recorder.stop()
      letGo()
    },
  }
}

function isDenied(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotAllowedError'
}

/** "audio/webm;codecs=opus" is of the kind "audio/webm". */
function soundFile(parts: Blob[], mimeType: string): File {
  const type = mimeType.split(';')[0] || 'audio/webm'
  return new File(parts, `opname.${EXTENSIONS[type] ?? 'webm'}`, { type })
}
