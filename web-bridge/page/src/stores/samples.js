// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Measured values: the last sample of each type and key, and the ring behind it. A type is
// subscribed while a visible card asks for it; what was received stays.
import { defineStore } from 'pinia'
import { onScopeDispose, shallowReactive, shallowRef, toValue, triggerRef, watch } from 'vue'
import { toNumber } from '../format/units.js'
import { useCatalog } from './catalog.js'
import { useConnection } from './connection.js'
import { visible } from './clock.js'
import { SampleRing } from './ring.js'

const PREFIX = 's:'
const RATE = 1
const MOST_KEYS = 512

class SampleType {
  users = 0
  subscribed = false
  askedAtMs = 0
  droppedKeys = 0
  latest = new Map() // key -> { payload, timeMs }
  version = shallowRef(0)
  error = shallowRef(null)

  constructor(type, intervalMs) {
    this.type = type
    this.intervalMs = intervalMs
    this.ring = new SampleRing({ intervalMs })
  }

  apply(message, keyField) {
    const payload = message.payload ?? {}
    const key = String(message.key ?? (keyField ? payload[keyField] ?? '' : ''))
    if (message.gone) {
      this.latest.delete(key)
      this.ring.removeKey(key)
      return
    }
    if (!this.latest.has(key) && this.latest.size >= MOST_KEYS) {
      this.droppedKeys++
      return
    }
    const timeMs = message.ts ?? Date.now()
    // What is retained may be older than what came already; the clock of the machine, which may be
    // set back, says nothing else.
    if (message.retained && this.latest.get(key)?.timeMs > timeMs) return
    this.latest.set(key, { payload, timeMs })
    const numbers = {}
    for (const field in payload) {
      const number = typeof payload[field] === 'string' && field === keyField ? null : toNumber(payload[field])
      if (number !== null) numbers[field] = number
    }
    if (message.retained && timeMs < this.ring.lastTimeMs) return
    this.ring.add(key, timeMs, numbers)
  }
}

export const useSamples = defineStore('samples', () => {
  const connection = useConnection()
  const catalog = useCatalog()
  const types = shallowReactive(new Map())
  let reconcilePending = false

  function entry(type) {
    let found = types.get(type)
    if (!found) {
      found = new SampleType(type, Math.max(catalog.intervalMs(type), 1000 / RATE))
      types.set(type, found)
    }
    return found
  }

  // A change of view lets go and asks again within one turn: look at the sum of it.
  function reconcileSoon() {
    if (reconcilePending) return
    reconcilePending = true
    queueMicrotask(() => {
      reconcilePending = false
      for (const sample of types.values()) reconcile(sample)
    })
  }

  function reconcile(sample) {
    const want = sample.users > 0 && visible.value
    if (want === sample.subscribed) return
    sample.subscribed = want
    if (!want) {
      connection.unsubscribe(PREFIX + sample.type)
      return
    }
    sample.askedAtMs = Date.now()
    sample.error.value = null
    connection.subscribe(PREFIX + sample.type, [sample.type], {
      rate: RATE,
      retained: true,
      onError: (error) => (sample.error.value = error)
    })
  }

  function follow(messages) {
    const touched = new Set()
    for (const message of messages) {
      const sample = types.get(message.type)
      if (!sample || !message.sub?.some((name) => name.startsWith(PREFIX))) continue
      sample.apply(message, catalog.event(message.type)?.key)
      touched.add(sample)
    }
    for (const sample of touched) {
      sample.error.value = null
      sample.version.value++
    }
  }

  // Asks for a type as long as the calling component lives. type: a string, ref or getter, or null.
  function use(type) {
    const current = shallowRef(null)
    let held = null
    function release() {
      if (held) held.users--
      held = null
      reconcileSoon()
    }
    watch(
      () => toValue(type),
      (wanted) => {
        release()
        if (wanted) {
          held = entry(wanted)
          held.users++
          const interval = Math.max(catalog.intervalMs(wanted), 1000 / RATE)
          held.intervalMs = interval
          held.ring.setInterval(interval)
        }
        current.value = held
        triggerRef(current)
      },
      { immediate: true, flush: 'sync' }
    )
    onScopeDispose(release)
    return current
  }

  watch(visible, reconcileSoon)
  connection.onMessages(follow)
  connection.onLive(() => {
    for (const sample of types.values()) {
      sample.askedAtMs = Date.now()
      sample.error.value = null
    }
  })

  return { types, use }
})
