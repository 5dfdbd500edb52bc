import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { VitePWA } from 'vite-plugin-pwa'
import { defineConfig } from 'vitest/config'
import { pruneTokens, SHARED_COMPONENTS } from './build/pruneTokens.ts'
import { wasmFiles } from './build/wasmFiles.ts'

/** The app for the phone: served at /app/, works offline once its service worker has stored it. */
export default defineConfig({
  base: '/app/',
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  plugins: [
    pruneTokens(SHARED_COMPONENTS),
    wasmFiles(),
    vue(),
    VitePWA({
      // The server's policy forbids inline scripts, so main.ts registers the service worker itself.
      injectRegister: null,
      registerType: 'prompt',
      base: '/app/',
      scope: '/app/',
      filename: 'sw.ts',
      includeAssets: ['icon.svg', 'icon-192.png', 'icon-512.png', 'icon-maskable-512.png'],
      manifest: {
        id: '/app/',
        name: 'Rondgang',
        short_name: 'Rondgang',
        description: 'Gesprekken en wijkschouw, ook zonder internet',
        lang: 'nl',
        start_url: '/app/',
        scope: '/app/',
        display: 'standalone',
        background_color: '#ffffff',
        theme_color: '#001a40',
        icons: [
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
          { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
        ],
      },
      // Our own service worker, so that it can hand in work; the list of files to store is put into it.
      strategies: 'injectManifest',
      srcDir: 'src',
      injectManifest: {
        globPatterns: ['**/*.{js,css,html,svg,png,wasm,woff2}'],
        maximumFileSizeToCacheInBytes: 4 * 1024 * 1024,
        rollupFormat: 'iife',
      },
    }),
  ],
  build: {
    outDir: 'dist/app',
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    // The form engine's loader has an eval for what it does not do here; the server's policy forbids it as well.
    rolldownOptions: { checks: { eval: false } },
  },
  test: { include: ['tests/**/*.test.ts'], environment: 'node', setupFiles: ['tests/setup.ts'] },
})
