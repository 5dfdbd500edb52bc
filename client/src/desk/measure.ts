import type { Position } from 'geojson'

/** Metres along a line on the ground, good to a decimetre in a kilometre: the server measures in RD, and has the last
 * word. */
export interface Along {
  metres: number
  awayM: number
}

interface Metric {
  x: number
  y: number
}

/** Metres in a degree of longitude and latitude here (WGS84). */
function metresPerDegree(lat: number): Metric {
  const phi = (lat * Math.PI) / 180
  return {
    x: 111412.84 * Math.cos(phi) - 93.5 * Math.cos(3 * phi) + 0.118 * Math.cos(5 * phi),
    y: 111132.954 - 559.822 * Math.cos(2 * phi) + 1.175 * Math.cos(4 * phi),
  }
}

function inMetres(line: readonly Position[]): { points: Metric[]; metric: Metric } {
  const metric = metresPerDegree(line[0]?.[1] ?? 52)
  return { metric, points: line.map((position) => toMetres(position, metric)) }
}

function toMetres([lon = 0, lat = 0]: Position, metric: Metric): Metric {
  return { x: lon * metric.x, y: lat * metric.y }
}

export function lengthOf(line: readonly Position[]): number {
  const { points } = inMetres(line)
  return points.slice(1).reduce((sum, point, at) => sum + apart(points[at] ?? point, point), 0)
}

/** The place along the line that is nearest to a point. */
export function nearestOn(line: readonly Position[], position: Position): Along {
  const { points, metric } = inMetres(line)
  const point = toMetres(position, metric)
  let best: Along = { metres: 0, awayM: Infinity }
  let passed = 0
  points.slice(1).forEach((end, at) => {
    const begin = points[at] ?? end
    const length = apart(begin, end)
    const dot = (point.x - begin.x) * (end.x - begin.x) + (point.y - begin.y) * (end.y - begin.y)
    const share = length === 0 ? 0 : Math.min(Math.max(dot / length ** 2, 0), 1)
    const foot = { x: begin.x + share * (end.x - begin.x), y: begin.y + share * (end.y - begin.y) }
    const awayM = apart(foot, point)
    if (awayM < best.awayM) best = { metres: passed + share * length, awayM }
    passed += length
  })
  return best
}

/** The point this far along the line; its end when that is farther than the line is long. */
export function pointAt(line: readonly Position[], metres: number): Position {
  const { points } = inMetres(line)
  let left = Math.max(metres, 0)
  for (let at = 1; at < line.length; at++) {
    const [begin = { x: 0, y: 0 }, end = { x: 0, y: 0 }] = [points[at - 1], points[at]]
    const length = apart(begin, end)
    if (left <= length && length > 0) return between(line[at - 1] ?? [], line[at] ?? [], left / length)
    left -= length
  }
  return line.at(-1) ?? []
}

function between(
  [fromLon = 0, fromLat = 0]: Position,
  [lon = 0, lat = 0]: Position,
  share: number,
): Position {
  return [fromLon + share * (lon - fromLon), fromLat + share * (lat - fromLat)]
}

function apart(one: Metric, other: Metric): number {
  return Math.hypot(one.x - other.x, one.y - other.y)
}
