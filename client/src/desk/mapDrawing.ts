import type { FeatureCollection, LineString, Polygon, Position } from 'geojson'
import type { GeoJSONSource, Map as MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import {
  TerraDraw,
  TerraDrawLineStringMode,
  TerraDrawModeUndoRedo,
  TerraDrawPolygonMode,
  TerraDrawSelectMode,
} from 'terra-draw'
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter'
import { closed, cornerAt, fewest, type Place, places, type Ring, rounded } from './corners'
import type { MapColours } from './mapStyle'
import type { Sheet } from './sheet'
import { edgesOf, snapped } from './snapping'

type FeatureId = string | number
type Hex = `#${string}`

const MODES = { polygon: 'polygon', line: 'linestring' } as const
const NEAR_PX = 12
const SNAP_MARGIN_PX = 20

/** The drawing on the map: corners are dragged there, and new rings drawn. Follows the sheet, and tells it. */
export class MapDrawing {
  private readonly map: MapLibreMap
  private readonly sheet: Sheet
  private readonly draw: TerraDraw
  private ids: (FeatureId | null)[] = []

  constructor(map: MapLibreMap, sheet: Sheet, context: FeatureCollection, colours: MapColours) {
    this.map = map
    this.sheet = sheet
    this.draw = newDraw(map, snapTo(map, context), colours)
    this.draw.start()
    this.draw.on('finish', (id) => queueMicrotask(() => this.finished(id)))
    this.addMarks(colours)
    sheet.onChange((origin) => this.follow(origin !== 'map'))
    sheet.onChoice((origin) => this.mark(origin === 'list'))
    map.on('click', (event) => this.clicked(event))
    this.follow(true)
  }

  get isDrawing(): boolean {
    return this.draw.getModeState() === 'drawing'
  }

  /** A new ring or line is drawn from here on, by clicks. */
  begin(): void {
    this.draw.setMode(MODES[this.sheet.kind])
  }

  /** Takes back the last corner of the ring that is being drawn. */
  undoCorner(): void {
    this.draw.undo()
  }

  /** Gives up the ring that is being drawn, and shows what the sheet has. */
  rest(): void {
    this.draw.setMode('select')
    this.follow(true)
  }

  private finished(id: FeatureId): void {
    const corners = this.cornersOf(id)
    const ring = this.ids.indexOf(id)
    const { rings } = this.sheet
    if (ring >= 0) {
      this.sheet.put(
        rings.map((one, at) => (at === ring ? { ...one, corners } : one)),
        'map',
      )
      return
    }
    const part = Math.max(-1, ...rings.map((one) => one.part)) + 1
    this.ids = [...rings.map((_ring, at) => this.ids[at] ?? null), id]
    this.sheet.put([...rings, { part, corners }], 'map')
    this.draw.setMode('select')
    this.draw.selectFeature(id)
  }

  private cornersOf(id: FeatureId): Position[] {
    const geometry = this.draw.getSnapshotFeature(id)?.geometry as Polygon | LineString
    if (geometry.type === 'LineString') return geometry.coordinates.map(rounded)
    return (geometry.coordinates[0] ?? []).slice(0, -1).map(rounded)
  }

  /** Shows what the sheet has now. Changes of the map itself are there already. */
  private follow(fromElsewhere: boolean): void {
    if (fromElsewhere) this.show(this.sheet.rings)
    this.mark(false)
  }

  private show(rings: Ring[]): void {
    const complete = rings.map(({ corners }) => corners.length >= fewest(this.sheet.kind))
    const fits =
      this.ids.length === rings.length && this.ids.every((id, at) => (id !== null) === complete[at])
    if (fits) rings.forEach((ring, at) => this.update(this.ids[at] ?? null, ring))
    else this.showAnew(rings, complete)
    if (rings.length === 0) this.begin()
  }

  private update(id: FeatureId | null, ring: Ring): void {
    if (id === null || JSON.stringify(this.cornersOf(id)) === JSON.stringify(ring.corners)) return
    this.draw.updateFeatureGeometry(id, this.geometryOf(ring))
  }

  private showAnew(rings: Ring[], complete: boolean[]): void {
    if (this.draw.getMode() !== 'select') this.draw.setMode('select')
    this.draw.clear()
    this.ids = rings.map((ring, at) => (complete[at] ? this.add(ring) : null))
    const last = this.ids.findLast((id) => id !== null)
    if (last !== undefined && last !== null) this.draw.selectFeature(last)
  }

  private add(ring: Ring): FeatureId | null {
    const properties = { mode: MODES[this.sheet.kind] }
    const [added] = this.draw.addFeatures([{ type: 'Feature', properties, geometry: this.geometryOf(ring) }])
    return added?.valid ? (added.id ?? null) : null
  }

  private geometryOf(ring: Ring): Polygon | LineString {
    if (this.sheet.kind === 'line') return { type: 'LineString', coordinates: ring.corners }
    return { type: 'Polygon', coordinates: [closed(ring)] }
  }

  private addMarks({ chosen, edge }: MapColours): void {
    this.map.addSource('corner-marks', { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
    const paint = {
      'circle-radius': 9,
      'circle-color': chosen,
      'circle-stroke-color': edge,
      'circle-stroke-width': 3,
    }
    this.map.addLayer({ id: 'corner-marks', type: 'circle', source: 'corner-marks', paint })
  }

  /** The chosen corner, and the corners of rings that are not complete. */
  private mark(move: boolean): void {
    const { rings, chosen, kind } = this.sheet
    const shown = rings.flatMap(({ corners }) => (corners.length < fewest(kind) ? corners : []))
    const corner = chosen && cornerAt(rings, chosen)
    if (corner) shown.push(corner)
    void this.map.getSource<GeoJSONSource>('corner-marks')?.setData({
      type: 'FeatureCollection',
      features: shown.map((coordinates) => ({
        type: 'Feature',
        properties: {},
        geometry: { type: 'Point', coordinates },
      })),
    })
    if (move && corner && !this.map.getBounds().contains(corner as [number, number]))
      this.map.jumpTo({ center: corner as [number, number] })
  }

  private clicked({ lngLat }: MapMouseEvent): void {
    if (this.draw.getMode() !== 'select') return
    const place = this.nearestCorner([lngLat.lng, lngLat.lat])
    if (place) this.sheet.choose(place, 'map')
  }

  private nearestCorner(pointer: Position): Place | null {
    const at = this.map.project(pointer as [number, number])
    const distance = (place: Place): number => {
      const { x, y } = this.map.project(cornerAt(this.sheet.rings, place) as [number, number])
      return Math.hypot(x - at.x, y - at.y)
    }
    const near = places(this.sheet.rings).filter((place) => distance(place) <= NEAR_PX)
    return near.sort((one, other) => distance(one) - distance(other))[0] ?? null
  }
}

/** Where the pointer snaps to on the context, as terra-draw asks for it. */
function snapTo(map: MapLibreMap, context: FeatureCollection) {
  const edges = edgesOf(context)
  return ({ lng, lat }: { lng: number; lat: number }): Position | undefined => {
    if (edges.length === 0) return undefined
    const { x, y } = map.project([lng, lat])
    const margin = Math.abs(map.unproject([x + SNAP_MARGIN_PX, y]).lng - lng)
    const found = snapped(edges, [lng, lat], (lon, pointLat) => map.project([lon, pointLat]), margin)
    return found ? rounded(found) : undefined
  }
}

function newDraw(
  map: MapLibreMap,
  toCustom: (event: { lng: number; lat: number }) => Position | undefined,
  colours: MapColours,
): TerraDraw {
  const point = hex(colours.point)
  const edge = hex(colours.edge)
  const coordinates = {
    draggable: true,
    deletable: true,
    midpoints: { draggable: true },
    snappable: { toCustom },
  }
  const flags = { feature: { draggable: false, selfIntersectable: true, coordinates } }
  const whileDrawing = { snapping: { toCustom }, keyEvents: { finish: 'Enter', cancel: null } }
  return new TerraDraw({
    adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 9 }),
    undoRedo: { modeLevel: new TerraDrawModeUndoRedo() },
    modes: [
      new TerraDrawSelectMode({
        flags: { polygon: flags, linestring: flags },
        keyEvents: { deselect: null, delete: null, rotate: null, scale: null },
        allowManualDeselection: false,
        styles: {
          selectedPolygonColor: point,
          selectedPolygonFillOpacity: 0.15,
          selectedPolygonOutlineColor: point,
          selectedPolygonOutlineWidth: 3,
          selectedLineStringColor: point,
          selectedLineStringWidth: 4,
          selectionPointColor: point,
          selectionPointOutlineColor: edge,
          selectionPointOutlineWidth: 2,
          selectionPointWidth: 6,
          midPointColor: edge,
          midPointOutlineColor: point,
          midPointOutlineWidth: 2,
          midPointWidth: 4,
        },
      }),
      new TerraDrawPolygonMode({
        ...whileDrawing,
        styles: { fillColor: point, fillOpacity: 0.15, outlineColor: point, outlineWidth: 3 },
      }),
      new TerraDrawLineStringMode({
        ...whileDrawing,
        styles: { lineStringColor: point, lineStringWidth: 4 },
      }),
    ],
  })
}

/** A colour of the theme as terra-draw wants it: # and six digits. */
function hex(colour: string): Hex {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour)
  if (short)
    return `#${short
      .slice(1)
      .map((digit) => digit + digit)
      .join('')}`
  return /^#[0-9a-f]{6}$/i.test(colour) ? (colour as Hex) : '#154273'
}
