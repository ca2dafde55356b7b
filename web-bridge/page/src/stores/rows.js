// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// What a safe method answers, read when a card appears, after the events that change it, and after
// a reconnect. The old answer stays until the new one is there.
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { useConnection } from './connection.js'
import { visible } from './clock.js'

const SHORTEST_PAUSE_MS = 1000
let subscriptionNumber = 0

// type: the request; refresh: event types; pick(reply): the part that is wanted.
export function useRows({ type, refresh = [], pick = (reply) => reply, enabled = () => true }) {
  const connection = useConnection()
  const data = shallowRef(null)
  const error = shallowRef(null)
  const loading = ref(false)
  const readAt = ref(0)
  const name = `r:${++subscriptionNumber}`
  let timer = null
  let startedAt = 0
  let disposed = false
  let again = false

  async function read() {
    clearTimeout(timer)
    timer = null
    if (disposed || !connection.live || !enabled()) return
    if (loading.value) {
      again = true
      return
    }
    loading.value = true
    startedAt = Date.now()
    try {
      const reply = pick(await connection.request(type))
      if (disposed) return
      data.value = reply
      readAt.value = Date.now()
      error.value = null
    } catch (failure) {
      // A lost connection is not the card's error: what it has is stale and is read again.
      if (connection.live) error.value = failure
    } finally {
      loading.value = false
      if (again) {
        again = false
        readSoon()
      }
    }
  }

  function readSoon() {
    if (timer || !visible.value) return
    timer = setTimeout(read, Math.max(0, startedAt + SHORTEST_PAUSE_MS - Date.now()))
  }

  function follow(messages) {
    if (!disposed && messages.some((message) => message.sub?.includes(name))) readSoon()
  }

  const stopLive = watch(
    () => [connection.live, visible.value, enabled()],
    ([live, seen, on]) => live && seen && on && read(),
    { immediate: true }
  )
  if (refresh.length) connection.subscribe(name, refresh, { retained: false })
  const removeMessages = connection.onMessages(follow)
  const removeResync = connection.onResync(readSoon)

  onScopeDispose(() => {
    disposed = true
    clearTimeout(timer)
    stopLive()
    removeMessages()
    removeResync()
    if (refresh.length) connection.unsubscribe(name)
  })

  return { data, error, loading, readAt, read }
}
