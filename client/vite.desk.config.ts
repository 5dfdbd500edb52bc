import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { pruneTokens, SHARED_COMPONENTS } from './build/pruneTokens.ts'

/** Style and script of the server-rendered dashboard: served at /static/desk/, found by the manifest. */
export default defineConfig({
  base: '/static/desk/',
  publicDir: false,
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  plugins: [pruneTokens([...SHARED_COMPONENTS, 'table', 'status-badge', 'form-fieldset'])],
  worker: { format: 'es' },
  build: {
    outDir: 'dist/desk',
    target: 'es2022',
    manifest: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    // htmx has an eval for what we do not use and switch off; the server's policy forbids it as well.
    rolldownOptions: { input: 'src/desk/main.ts', checks: { eval: false } },
  },
})
