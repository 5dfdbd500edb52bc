import type { Plugin } from 'vite'

const INLINED = /"data:application\/wasm;base64,([A-Za-z0-9+/=]{1000,})"/g

/** The form engine carries its parser (WebAssembly) as text inside the script. As files they are a third
 * smaller on the line, are not parsed as script, and need no `data:` in the server's policy. */
export function wasmFiles(): Plugin {
  return {
    name: 'wasm-files',
    apply: (_, { command }) => command === 'build' && !process.env['VITEST'],
    transform: {
      filter: { id: /@getodk\/xforms-engine\/dist\/index\.js/ },
      handler(code) {
        const withFiles = code.replaceAll(INLINED, (_, base64: string) => {
          const file = this.emitFile({
            type: 'asset',
            name: 'parser.wasm',
            source: Buffer.from(base64, 'base64'),
          })
          return `import.meta.ROLLUP_FILE_URL_${file}`
        })
        return { code: withFiles, map: null }
      },
    },
  }
}
