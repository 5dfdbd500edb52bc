import { createApp } from 'vue'
import App from './App.vue'
import { i18n, startLanguage } from './i18n'
import { router } from './router'
import './styles/theme'
import './styles/app.css'
import { startSync } from './sync/queue'
import { startUpdates } from './updates'

startLanguage()
createApp(App).use(i18n).use(router).mount('#app')
startSync(i18n.global.locale.value)
startUpdates()
