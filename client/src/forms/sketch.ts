/** Drawing with a finger, a pen or a mouse on a canvas. */
const LINE_WIDTH = 4
const INK = '#001a40'
const PAPER = '#ffffff'

interface Spot {
  x: number
  y: number
}

/** White paper: a photo viewer shows a see-through drawing on black. */
export function clearSketch(canvas: HTMLCanvasElement): void {
  const context = canvas.getContext('2d')
  if (!context) return
  context.fillStyle = PAPER
  context.fillRect(0, 0, canvas.width, canvas.height)
}

/** Draws what was kept before, as large as it fits. */
export async function putOnSketch(canvas: HTMLCanvasElement, kept: Blob): Promise<void> {
  clearSketch(canvas)
  const picture = await readPicture(kept).catch(() => null)
  if (!picture) return
  const scale = Math.min(canvas.width / picture.width, canvas.height / picture.height)
  const [width, height] = [picture.width * scale, picture.height * scale]
  const [x, y] = [(canvas.width - width) / 2, (canvas.height - height) / 2]
  canvas.getContext('2d')?.drawImage(picture, x, y, width, height)
  picture.close()
}

/** A photo of a kind that this browser cannot draw (HEIC) fails here; the answer keeps it all the same. */
async function readPicture(kept: Blob): Promise<ImageBitmap> {
  return createImageBitmap(kept)
}

/** The place on the canvas of a place on the screen. */
export function spotOf(event: PointerEvent, canvas: HTMLCanvasElement): Spot {
  const box = canvas.getBoundingClientRect()
  return {
    x: ((event.clientX - box.left) * canvas.width) / (box.width || 1),
    y: ((event.clientY - box.top) * canvas.height) / (box.height || 1),
  }
}

/** A line between two spots; a dot when they are the same. */
export function drawLine(canvas: HTMLCanvasElement, from: Spot, to: Spot): void {
  const context = canvas.getContext('2d')
  if (!context) return
  context.strokeStyle = INK
  context.lineWidth = LINE_WIDTH
  context.lineCap = 'round'
  context.beginPath()
  context.moveTo(from.x, from.y)
  context.lineTo(to.x, to.y)
  context.stroke()
}

export async function sketchFile(canvas: HTMLCanvasElement, nowMs = Date.now()): Promise<File> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  return new File([blob ?? new Blob()], `${nowMs}.png`, { type: 'image/png' })
}
