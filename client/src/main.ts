import { createApp } from 'vue'
import App from './App.vue'
import { i18n, startLanguage } from './i18n'
import { router } from './router'
import './styles/theme'
import './styles/app.css'
import './styles/schouw.css'
import { startSync } from './sync/queue'
import { startUpdates } from './updates'

startLanguage()
createApp(App).use(i18n).use(router).mount('#app')
// A try-out in a frame of the desk is no phone: it hands nothing in, and stores nothing for offline use.
if (!location.hash.startsWith('#/proef')) {
  startSync(i18n.global.locale.value)
  startUpdates()
}
