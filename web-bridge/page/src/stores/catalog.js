// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// What there is: the modules, their cards, methods and events, in the viewer's language. Kept over
// a lost connection; read again when a module changed.
import { defineStore } from 'pinia'
import { computed, ref, shallowReactive } from 'vue'
import { useConnection } from './connection.js'

export const GROUPS = ['monitor', 'control', 'desk', 'hub']
const NUMBERS = ['stat', 'gauge']
const RELOAD_DELAY_MS = 100

export const useCatalog = defineStore('catalog', () => {
  const connection = useConnection()
  const modules = shallowReactive(new Map()) // name -> the row of module.list
  const descriptions = shallowReactive(new Map()) // name -> module.describe
  const loaded = ref(false)
  const error = ref(null)
  const locale = ref('en')
  const wanted = new Set()
  let reloadTimer = null

  const ordered = computed(() =>
    [...modules.values()].sort((a, b) => titleOf(a.name).localeCompare(titleOf(b.name)))
  )

  // The hub describes itself as a module that is always ready and not in the list.
  const own = computed(() =>
    descriptions.has('hub') ? [{ ...descriptions.get('hub'), state: 'ready' }] : []
  )

  // Numbers first, then what needs room; each in the order of the manifests.
  const cards = computed(() => {
    const list = []
    for (const module of [...ordered.value, ...own.value]) {
      for (const card of descriptions.get(module.name)?.cards ?? []) {
        list.push({ ...card, module: module.name, ref: `${module.name}.${card.id}` })
      }
    }
    return list.sort((a, b) => NUMBERS.includes(b.kind) - NUMBERS.includes(a.kind))
  })

  const pages = computed(() =>
    [...ordered.value, ...own.value]
      .filter((module) => descriptions.get(module.name)?.cards?.length)
      .map((module) => ({
        name: module.name,
        title: titleOf(module.name),
        group: GROUPS.includes(module.group) ? module.group : 'monitor',
        icon: module.icon,
        state: module.state
      }))
  )

  const eventsByType = computed(() => {
    const map = new Map()
    for (const description of descriptions.values()) {
      for (const event of description.events ?? []) map.set(event.type, event)
      for (const event of description.accepts ?? []) {
        if (!map.has(event.type)) map.set(event.type, { class: 'event', ...event })
      }
    }
    return map
  })

  const workersByName = computed(() => {
    const map = new Map()
    for (const description of descriptions.values()) {
      for (const worker of description.workers ?? []) map.set(worker.name, worker)
    }
    return map
  })

  function titleOf(name) {
    return descriptions.get(name)?.title ?? modules.get(name)?.title ?? name
  }

  function event(type) {
    return eventsByType.value.get(type) ?? null
  }

  function field(type, name) {
    return event(type)?.fields?.find((entry) => entry.name === name) ?? { name }
  }

  function method(module, name) {
    return descriptions.get(module)?.methods?.find((entry) => entry.name === name) ?? null
  }

  function intervalMs(type) {
    const { worker } = event(type) ?? {}
    const module = type.split('.')[0]
    return workersByName.value.get(`${module}.${worker}`)?.interval ?? 1000
  }

  async function describe(name) {
    try {
      descriptions.set(name, await connection.request('module.describe', describeArguments(name)))
    } catch (failure) {
      if (failure.code === 'not_found') descriptions.delete(name)
      else throw failure
    }
  }

  function describeArguments(name) {
    return { name, locale: locale.value }
  }

  async function load() {
    try {
      const { modules: rows = [] } = await connection.request('module.list')
      const names = new Set(rows.map((row) => row.name))
      for (const name of [...modules.keys()]) if (!names.has(name)) forget(name)
      for (const row of rows) modules.set(row.name, row)
      // One module that cannot be described says so in its own row; the others are not touched.
      await Promise.allSettled([...names].map(describe))
      await describe('hub')
      error.value = null
      loaded.value = true
    } catch (failure) {
      error.value = failure
    }
  }

  function forget(name) {
    modules.delete(name)
    descriptions.delete(name)
  }

  // Changes come in bursts (a reload has several states): read once behind them.
  function reloadSoon(name) {
    wanted.add(name)
    clearTimeout(reloadTimer)
    reloadTimer = setTimeout(async () => {
      const names = [...wanted]
      wanted.clear()
      if (!connection.live) return
      try {
        const { modules: rows = [] } = await connection.request('module.list')
        for (const row of rows) modules.set(row.name, row)
        await Promise.allSettled(names.filter((entry) => modules.has(entry)).map(describe))
      } catch (failure) {
        error.value = failure
      }
    }, RELOAD_DELAY_MS)
  }

  function follow(messages) {
    for (const { type, payload } of messages) {
      if (type !== 'module.state_changed' || !payload?.name) continue
      if (payload.state === 'removed') {
        forget(payload.name)
        continue
      }
      const row = modules.get(payload.name)
      const changes = { state: payload.state, generation: payload.generation }
      if (payload.error) changes.last_error = payload.error
      modules.set(payload.name, { name: payload.name, ...row, ...changes })
      reloadSoon(payload.name)
    }
  }

  function start(viewerLocale) {
    locale.value = viewerLocale
    connection.subscribe('modules', ['module.state_changed'], { retained: false })
    connection.onMessages(follow)
    connection.onLive(load)
    connection.onResync(() => connection.live && load())
  }

  return {
    modules,
    descriptions,
    loaded,
    error,
    locale,
    ordered,
    cards,
    pages,
    eventsByType,
    start,
    load,
    titleOf,
    event,
    field,
    method,
    intervalMs
  }
})
