import type { Map as MapLibreMap } from 'maplibre-gl'
import type { MapColours } from './mapStyle'

/** Signs on the map, drawn here: the map has no fonts of its own, and must work without a network. */
export const SHAPES = ['dot', 'ring', 'diamond', 'square'] as const
export type Shape = (typeof SHAPES)[number]
export const LABEL = 'label-'
const SIZE = 18
const LABEL_HEIGHT = 20
const FONT = '700 13px "Fira Sans", Arial, sans-serif'

/** A count in at most four characters: 999, 1,2k, 45k, 1M. */
export function shortCount(count: number): string {
  if (count < 1000) return String(count)
  if (count < 9950) return `${(Math.round(count / 100) / 10).toLocaleString('nl')}k`
  if (count < 999_500) return `${Math.round(count / 1000)}k`
  return `${Math.round(count / 1_000_000)}M`
}

/** Gives the map its shapes, and each label as soon as it is asked for. */
export function addSigns(map: MapLibreMap, colours: MapColours): void {
  const ratio = Math.max(1, Math.ceil(window.devicePixelRatio))
  for (const shape of SHAPES) {
    const image = drawn(SIZE, SIZE, ratio, (context) => drawShape(context, shape, colours))
    if (image) map.addImage(shape, image, { pixelRatio: ratio })
  }
  map.setMissingStyleImageResolver((id) => {
    if (!id.startsWith(LABEL) || map.hasImage(id)) return
    const text = labelOf(id)
    const image = drawn(10 * text.length + 4, LABEL_HEIGHT, ratio, (context) => {
      context.font = FONT
      context.fillStyle = colours.edge
      context.textAlign = 'center'
      context.textBaseline = 'middle'
      context.fillText(text, 5 * text.length + 2, LABEL_HEIGHT / 2 + 1)
    })
    if (image) map.addImage(id, image, { pixelRatio: ratio })
  })
}

/** What stands on a label: a count in short, or any other text as it is. */
export function labelOf(id: string): string {
  const text = id.slice(LABEL.length)
  return /^\d+$/.test(text) ? shortCount(Number(text)) : text.slice(0, 4)
}

function drawn(
  width: number,
  height: number,
  ratio: number,
  draw: (context: CanvasRenderingContext2D) => void,
): ImageData | null {
  const canvas = document.createElement('canvas')
  canvas.width = width * ratio
  canvas.height = height * ratio
  const context = canvas.getContext('2d')
  if (!context) return null
  context.scale(ratio, ratio)
  draw(context)
  return context.getImageData(0, 0, canvas.width, canvas.height)
}

function drawShape(
  context: CanvasRenderingContext2D,
  shape: Shape,
  { point, edge, ground }: MapColours,
): void {
  const middle = SIZE / 2
  context.beginPath()
  if (shape === 'diamond') {
    for (const [x, y] of [
      [0, -8],
      [8, 0],
      [0, 8],
      [-8, 0],
    ] as const)
      context.lineTo(middle + x, middle + y)
    context.closePath()
  } else if (shape === 'square') context.rect(1, 1, SIZE - 2, SIZE - 2)
  else context.arc(middle, middle, shape === 'ring' ? 5.5 : 6.5, 0, 2 * Math.PI)
  context.fillStyle = shape === 'ring' ? ground : point
  context.strokeStyle = shape === 'ring' ? point : edge
  context.lineWidth = shape === 'ring' ? 3 : 2
  context.fill()
  context.stroke()
}
