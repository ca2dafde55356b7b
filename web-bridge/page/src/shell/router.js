// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Addresses of views: #/overview, #/modules, #/workers, #/devices, #/activity, #/activity/jobs,
// #/m/MODULE. Each keeps its place.
import { computed, nextTick, shallowRef } from 'vue'

const MOST_STEPS = 50

export const FIXED = ['overview', 'activity', 'modules', 'workers', 'devices']

export function parseRoute(hash) {
  const parts = hash.replace(/^#\/?/, '').split('/')
  if (parts[0] === 'm' && /^[a-z][a-z0-9_]*$/.test(parts[1] ?? '')) {
    return { view: 'module', module: parts[1], path: `m/${parts[1]}` }
  }
  const view = FIXED.includes(parts[0]) ? parts[0] : 'overview'
  const tab = view === 'activity' && parts[1] === 'jobs' ? 'jobs' : ''
  return { view, module: null, path: view, tab }
}

const current = shallowRef(parseRoute(window.location.hash))
const places = new Map()
const way = [] // the paths that led here

export const route = computed(() => current.value)

function scroller() {
  return document.querySelector('main')
}

window.addEventListener('hashchange', async () => {
  if (!/^(#\/.*)?$/.test(window.location.hash)) return
  const next = parseRoute(window.location.hash)
  if (next.path === current.value.path) {
    current.value = next
    return
  }
  places.set(current.value.path, scroller()?.scrollTop ?? 0)
  if (way.at(-1) === next.path) way.pop()
  else way.push(current.value.path)
  if (way.length > MOST_STEPS) way.shift()
  current.value = next
  await nextTick()
  const main = scroller()
  if (!main) return
  main.scrollTop = places.get(next.path) ?? 0
  main.focus({ preventScroll: true })
})

export function go(path) {
  window.location.hash = `#/${path}`
}

// To the page before, as long as it was one of these.
export function back() {
  if (way.length) window.history.back()
}
