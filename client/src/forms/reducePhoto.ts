const JPEG_QUALITY = 0.85
/** Kinds that the server takes, for when this browser cannot draw the photo itself. */
const KEPT_AS_IS: Record<string, string> = {
  'image/jpeg': 'jpg',
  'image/png': 'png',
  'image/webp': 'webp',
  'image/heic': 'heic',
}

/** Thrown for a file that is no photo the server would take. */
export class UnusablePhoto extends Error {}

/** The photo as JPEG, its longest side at most `maxPixels`, named by the moment. Drawing it again also leaves
 * out the camera's metadata, such as the place. */
export async function reducePhoto(file: File, maxPixels: number | null, nowMs = Date.now()): Promise<File> {
  const drawn = await drawAsJpeg(file, maxPixels).catch(() => null)
  if (drawn) return new File([drawn], `${nowMs}.jpg`, { type: 'image/jpeg' })
  const extension = KEPT_AS_IS[file.type]
  if (!extension) throw new UnusablePhoto(file.type)
  return new File([file], `${nowMs}.${extension}`, { type: file.type })
}

/** Width and height that fit in a square of `maxPixels`, never larger than they were. */
export function fitted(width: number, height: number, maxPixels: number | null): [number, number] {
  const scale = maxPixels ? Math.min(1, maxPixels / Math.max(width, height)) : 1
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))]
}

async function drawAsJpeg(file: File, maxPixels: number | null): Promise<Blob | null> {
  const bitmap = await createImageBitmap(file)
  const canvas = document.createElement('canvas')
  ;[canvas.width, canvas.height] = fitted(bitmap.width, bitmap.height, maxPixels)
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  bitmap.close()
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', JPEG_QUALITY))
}
