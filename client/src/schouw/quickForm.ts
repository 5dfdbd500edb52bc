import type {
  AnyControlNode,
  GeopointInputNode,
  RootNode,
  SelectNode,
  UploadNode,
} from '@getodk/xforms-engine'
import { choiceText } from '@/forms/choices'
import { controlsAt, controlsOf } from '@/forms/engine'
import { faultyControls } from '@/forms/faults'
import type { GeoPoint } from '@/forms/geometry'
import { kindOf } from '@/forms/kind'
import type { FormRole } from '@/sync/wire'

/** The questions of a form that quick capture asks with big buttons; the form itself stays what it is. */
export interface QuickForm {
  root: RootNode
  item: SelectNode
  score: SelectNode
  photo: UploadNode | null
  place: GeopointInputNode | null
}

export interface Choice {
  value: string
  text: string
}

/** Null when the form does not ask what it is and how it looks, with choices: then only the form itself can. */
export function quickFormOf(root: RootNode, roles: readonly FormRole[]): QuickForm | null {
  const item = withRole(root, roles, 'schouw.onderdeel')
  const score = withRole(root, roles, 'schouw.score')
  if (item?.nodeType !== 'select' || score?.nodeType !== 'select') return null
  const place = withRole(root, roles, 'locatie')
  return {
    root,
    item,
    score,
    photo: photoOf(root, roles),
    place: place && kindOf(place) === 'geopoint' ? (place as GeopointInputNode) : null,
  }
}

/** The forms of a schouw are known by the role of what was seen. */
export function isSchouwForm(roles: readonly FormRole[]): boolean {
  return ['schouw.onderdeel', 'schouw.score'].every((role) => roles.some((each) => each.role === role))
}

function withRole(root: RootNode, roles: readonly FormRole[], role: string): AnyControlNode | null {
  const paths = roles.filter((each) => each.role === role).map(({ path }) => path)
  return paths.flatMap((path) => controlsAt(root, path))[0] ?? null
}

function photoOf(root: RootNode, roles: readonly FormRole[]): UploadNode | null {
  const named = withRole(root, roles, 'vraagstuk.foto')
  const found = [...(named ? [named] : []), ...controlsOf(root)].find((node) => kindOf(node) === 'photo')
  return (found as UploadNode | undefined) ?? null
}

export function choicesOf(node: SelectNode): Choice[] {
  return node.currentState.valueOptions.map((option) => ({ value: option.value, text: choiceText(option) }))
}

/** The choices with those that were used most in front; the others keep the order of the form. */
export function mostUsedFirst(choices: readonly Choice[], uses: Readonly<Record<string, number>>): Choice[] {
  return [...choices].sort((a, b) => (uses[b.value] ?? 0) - (uses[a.value] ?? 0))
}

/** "C" and "matig: het stoort": a score is a letter with words behind it. */
export function splitScore({ value, text }: Choice): { mark: string; words: string } {
  const words = text.startsWith(value) ? text.slice(value.length).replace(/^[\s·:–-]+/u, '') : text
  return { mark: value, words: words || text }
}

export function setPlace({ place }: QuickForm, point: GeoPoint): void {
  place?.setValue(point)
}

/** What keeps the form from being right: nothing, only the place, or questions that must be asked as well. */
export function standsInTheWay({ root, place }: QuickForm): 'nothing' | 'place' | 'more' {
  const faulty = faultyControls(root)
  if (faulty.length === 0) return 'nothing'
  return faulty.every((node) => node === place) ? 'place' : 'more'
}
