// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Events as they come, while the Activity view is open: the newest 2,000, and how many were lost.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { useCatalog } from './catalog.js'
import { useConnection } from './connection.js'

export const MOST_EVENTS = 2000
const SUBSCRIPTION = 'activity'
const MOST_PATTERNS = 64
const SAMPLE_RATE = 1

export const useActivity = defineStore('activity', () => {
  const connection = useConnection()
  const catalog = useCatalog()
  const events = shallowRef([])
  const waiting = ref(0)
  const dropped = ref(0)
  const skipped = ref(0)
  const paused = ref(false)
  const samples = ref(false)
  const error = shallowRef(null)
  let buffer = []
  let number = 0
  let newest = { epoch: null, seq: 0 } // also of what was cleared
  let open = false

  // Samples are left out unless they are asked for: to watch them would wake every worker.
  const patterns = computed(() => {
    if (samples.value) return ['*']
    const types = []
    for (const event of catalog.eventsByType.values()) {
      if (event.class === 'event') types.push(event.type)
    }
    return compact([...new Set([...types, 'user.*'])].sort())
  })

  // More than one subscription may name: whole modules instead of single types.
  function compact(types) {
    if (types.length <= MOST_PATTERNS) return types
    return [...new Set(types.map((type) => `${type.split('.')[0]}.*`))].slice(0, MOST_PATTERNS)
  }

  function show() {
    events.value = buffer.slice()
    waiting.value = 0
  }

  // What is read again after a gap or a break may be here already.
  function isNew(messages) {
    if (!messages.some(({ replay }) => replay)) return () => true
    const known = new Set(buffer.map(({ epoch, seq }) => `${epoch}:${seq}`))
    return ({ replay, seq }) => !replay || !known.has(`${connection.epoch()}:${seq}`)
  }

  function follow(messages) {
    if (!open) return
    let count = 0
    const fresh = isNew(messages)
    for (const message of messages) {
      if (!message.sub?.includes(SUBSCRIPTION) || !fresh(message)) continue
      const sample = catalog.event(message.type)?.class === 'sample'
      if (sample && !samples.value) continue
      skipped.value += message.skipped ?? 0
      const epoch = connection.epoch()
      if (message.seq > (epoch === newest.epoch ? newest.seq : 0)) newest = { epoch, seq: message.seq }
      buffer.push({ id: ++number, timeMs: message.ts ?? Date.now(), epoch, sample, ...message })
      count++
    }
    if (!count) return
    if (messages.some(({ replay }) => replay)) buffer.sort((a, b) => a.timeMs - b.timeMs)
    if (buffer.length > MOST_EVENTS) {
      dropped.value += buffer.length - MOST_EVENTS
      buffer = buffer.slice(-MOST_EVENTS)
    }
    if (paused.value) waiting.value += count
    else show()
  }

  function subscribe() {
    connection.subscribe(SUBSCRIPTION, patterns.value, {
      retained: samples.value,
      resume: true,
      ...(samples.value && { rate: SAMPLE_RATE }),
      // What happened while nobody looked is read from the hub.
      history: (epoch) => (epoch === newest.epoch ? newest.seq : 0),
      onError: (failure) => (error.value = failure)
    })
  }

  function start() {
    open = true
    error.value = null
    subscribe()
  }

  function stop() {
    open = false
    connection.unsubscribe(SUBSCRIPTION)
  }

  function setPaused(value) {
    paused.value = value
    if (!value) show()
  }

  function setSamples(value) {
    samples.value = value
    if (open) subscribe()
  }

  function clear() {
    buffer = []
    dropped.value = 0
    skipped.value = 0
    show()
  }

  connection.onMessages(follow)

  return {
    events,
    waiting,
    dropped,
    skipped,
    paused,
    samples,
    error,
    patterns,
    start,
    stop,
    subscribe,
    setPaused,
    setSamples,
    clear
  }
})
