import type { Component } from 'vue'
import type { Kind } from '@/forms/kind'
import AcknowledgeQuestion from './AcknowledgeQuestion.vue'
import AudioQuestion from './AudioQuestion.vue'
import BarcodeQuestion from './BarcodeQuestion.vue'
import CheckboxesQuestion from './CheckboxesQuestion.vue'
import ComboboxQuestion from './ComboboxQuestion.vue'
import DrawingQuestion from './DrawingQuestion.vue'
import DropdownQuestion from './DropdownQuestion.vue'
import FileQuestion from './FileQuestion.vue'
import FoldedQuestion from './FoldedQuestion.vue'
import MomentQuestion from './MomentQuestion.vue'
import MonthQuestion from './MonthQuestion.vue'
import NumberQuestion from './NumberQuestion.vue'
import PhotoQuestion from './PhotoQuestion.vue'
import PlaceQuestion from './PlaceQuestion.vue'
import RadioQuestion from './RadioQuestion.vue'
import RangeQuestion from './RangeQuestion.vue'
import RankQuestion from './RankQuestion.vue'
import TextQuestion from './TextQuestion.vue'
import WalkQuestion from './WalkQuestion.vue'

/** What asks a question of each kind. A kind that is not here says that it does not work yet. */
export const CONTROLS: Partial<Record<Kind, Component>> = {
  text: TextQuestion,
  multiline: TextQuestion,
  integer: NumberQuestion,
  decimal: NumberQuestion,
  date: MomentQuestion,
  time: MomentQuestion,
  dateTime: MomentQuestion,
  month: MonthQuestion,
  year: MonthQuestion,
  geopoint: PlaceQuestion,
  trace: WalkQuestion,
  shape: WalkQuestion,
  radio: RadioQuestion,
  dropdown: DropdownQuestion,
  combobox: ComboboxQuestion,
  checkboxes: CheckboxesQuestion,
  folded: FoldedQuestion,
  rank: RankQuestion,
  range: RangeQuestion,
  photo: PhotoQuestion,
  drawing: DrawingQuestion,
  audio: AudioQuestion,
  file: FileQuestion,
  barcode: BarcodeQuestion,
  acknowledge: AcknowledgeQuestion,
}

/** Kinds of more than one field: a group with a legend, and not one field with a label. */
export const GROUPED: ReadonlySet<Kind> = new Set<Kind>([
  'radio',
  'checkboxes',
  'folded',
  'geopoint',
  'trace',
  'shape',
  'month',
  'year',
  'rank',
  'range',
  'photo',
  'drawing',
  'audio',
  'file',
  'acknowledge',
])
