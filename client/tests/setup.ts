import { createRequire } from 'node:module'
import 'fake-indexeddb/auto'

// The form engine's parser (WebAssembly) takes itself for a CommonJS module when it runs in Node.
Object.assign(globalThis, { __dirname: import.meta.dirname, require: createRequire(import.meta.url) })

// Node has had one of its own since version 21.
if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: { onLine: true } })
