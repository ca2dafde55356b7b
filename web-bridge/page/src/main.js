// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Starts the page: language, choices, connection.
import 'uplot/dist/uPlot.min.css'
import './styles/base.css'
import './styles/shell.css'
import './styles/cards.css'
import './styles/tables.css'
import './styles/views.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { loadLocale } from './locale/index.js'
import { fetchTheRest } from './shell/later.js'
import { useCatalog } from './stores/catalog.js'
import { useConnection } from './stores/connection.js'
import { useJobs } from './stores/jobs.js'
import { usePreferences } from './stores/preferences.js'

async function start() {
  const pinia = createPinia()
  const locale = await loadLocale()
  usePreferences(pinia)
  const connection = useConnection(pinia)
  useCatalog(pinia).start(locale)
  useJobs(pinia).start()
  createApp(App).use(pinia).mount('#app')
  await connection.start()
  fetchTheRest()
}

start()
