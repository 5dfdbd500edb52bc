import type { FeatureCollection, Geometry, Position } from 'geojson'

interface Edge {
  from: Position
  to: Position
}
interface Pixel {
  x: number
  y: number
}
type Project = (lon: number, lat: number) => Pixel

const NEAR_PX = 12

/** The edges of all lines and polygons of the context. */
export function edgesOf({ features }: FeatureCollection): Edge[] {
  return features.flatMap(({ geometry }) => linesOf(geometry).flatMap(edgesOfLine))
}

function linesOf(geometry: Geometry | null): Position[][] {
  switch (geometry?.type) {
    case 'LineString':
      return [geometry.coordinates]
    case 'Polygon':
    case 'MultiLineString':
      return geometry.coordinates
    case 'MultiPolygon':
      return geometry.coordinates.flat()
    default:
      return []
  }
}

function edgesOfLine(line: Position[]): Edge[] {
  return line.slice(1).map((to, at) => ({ from: line[at] as Position, to }))
}

/** Where a pointer at this place snaps to: the nearest corner near it, else the nearest point of an edge, else nothing.
 * `marginDegrees` is a little more than the distance that counts as near, so that edges far away cost nothing. */
export function snapped(
  edges: Edge[],
  pointer: Position,
  project: Project,
  marginDegrees: number,
): Position | null {
  const at = project(pointer[0] ?? 0, pointer[1] ?? 0)
  const near = edges.filter((edge) => isNear(edge, pointer, marginDegrees))
  const corners = near.flatMap(({ from, to }) => [from, to])
  return (
    nearest(corners, at, project) ??
    nearest(
      near.map((edge) => onEdge(edge, at, project)),
      at,
      project,
    )
  )
}

function isNear({ from, to }: Edge, [lon = 0, lat = 0]: Position, margin: number): boolean {
  const [[west = 0, south = 0], [east = 0, north = 0]] = [from, to]
  return (
    Math.min(west, east) <= lon + margin &&
    Math.max(west, east) >= lon - margin &&
    Math.min(south, north) <= lat + margin &&
    Math.max(south, north) >= lat - margin
  )
}

function nearest(positions: Position[], at: Pixel, project: Project): Position | null {
  let best: Position | null = null
  let bestDistance = NEAR_PX
  for (const position of positions) {
    const { x, y } = project(position[0] ?? 0, position[1] ?? 0)
    const distance = Math.hypot(x - at.x, y - at.y)
    if (distance <= bestDistance) [best, bestDistance] = [position, distance]
  }
  return best
}

/** The point of the edge that is nearest on the screen. */
function onEdge({ from, to }: Edge, at: Pixel, project: Project): Position {
  const [fromLon = 0, fromLat = 0] = from
  const [toLon = 0, toLat = 0] = to
  const start = project(fromLon, fromLat)
  const end = project(toLon, toLat)
  const [dx, dy] = [end.x - start.x, end.y - start.y]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : ((at.x - start.x) * dx + (at.y - start.y) * dy) / length
  const part = Math.min(1, Math.max(0, along))
  return [fromLon + part * (toLon - fromLon), fromLat + part * (toLat - fromLat)]
}
