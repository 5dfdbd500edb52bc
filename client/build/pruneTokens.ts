import type { Plugin } from 'vite'

const DECLARATION = /^\s*--([a-z]+)-([a-z0-9-]+):[^;]*;.*\n/gm
const SHARED = new Set(['basis', 'voorbeeld'])

/** Leaves only the design tokens of the components that are used: a tenth of the theme. */
export function pruneTokens(components: readonly string[]): Plugin {
  const isUsed = (name: string): boolean => components.some((component) => name.startsWith(`${component}-`))
  return {
    name: 'prune-design-tokens',
    enforce: 'pre',
    transform: {
      filter: { id: /voorbeeld-design-tokens\/dist\/theme\.css/ },
      handler: (code) => ({
        code: code.replaceAll(DECLARATION, (line, set: string, name: string) =>
          SHARED.has(set) || ((set === 'nl' || set === 'utrecht') && isUsed(name)) ? line : '',
        ),
        map: null,
      }),
    },
  }
}

/** The components that both the app and the desk import (src/styles/theme.ts). */
export const SHARED_COMPONENTS = [
  'button',
  'heading',
  'link',
  'paragraph',
  'document',
  'body',
  'alert',
  'textbox',
  'textarea',
  'select',
  'radio-button',
  'checkbox',
  'form-label',
  'form-field-description',
  'form-field-error-message',
]
