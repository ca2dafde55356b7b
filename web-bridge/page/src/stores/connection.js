// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The state of the connection as the page shows it; messages go from here to the other stores.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { HubSocket } from '../protocol/socket.js'
import {
  hasSecret,
  pair,
  sessionState,
  signIn,
  signOut as forgetCookie,
  takeSecret
} from '../protocol/login.js'
import { setServerTime } from './clock.js'

const LEVELS = ['observe', 'control', 'admin']

function socketUrl() {
  const url = new URL('ws', document.baseURI)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.hash = ''
  return url.href
}

function levelOf(hello) {
  const level = hello?.auth?.level ?? hello?.level
  if (LEVELS.includes(level)) return level
  const scopes = hello?.auth?.scopes ?? hello?.scopes ?? []
  return LEVELS.findLast?.((name) => scopes.includes(name)) ?? 'observe'
}

function phaseOf({ state, hubIsThere }) {
  if (state === 'idle') return 'signed-out'
  return state === 'live' && !hubIsThere ? 'no-hub' : state
}

export const useConnection = defineStore('connection', () => {
  // starting, signed-out, connecting, live, no-hub (connected, but the hub is not there), waiting
  // or refused
  const phase = ref('starting')
  const wasLive = ref(false)
  const lostAt = ref(0)
  const attempt = ref(0)
  const retryAt = ref(0)
  const loginError = ref('')
  const hello = shallowRef(null)
  const access = shallowRef({}) // what system.access told last: level, grants, elevated_until
  const listeners = { messages: new Set(), resync: new Set(), live: new Set() }

  const live = computed(() => phase.value === 'live')
  const level = computed(() => access.value.level ?? levelOf(hello.value))
  const baseLevel = computed(() => access.value.base_level ?? hello.value?.auth?.base_level ?? level.value)
  // When a step-up ends, in microseconds since 1970; 0: there is none.
  const elevatedUntil = computed(() => Number(access.value.elevated_until ?? 0))
  const device = computed(() => access.value.device ?? hello.value?.auth?.device ?? '')
  const host = computed(() => hello.value?.host ?? window.location.hostname)

  const socket = new HubSocket({
    url: socketUrl(),
    probeSession: () => sessionState(),
    handlers: {
      onState: followSocket,
      onMessages: follow,
      onResync: () => listeners.resync.forEach((listener) => listener())
    }
  })

  function follow(messages) {
    const told = messages.findLast(({ type }) => type === 'system.access')
    if (told) access.value = told.payload
    listeners.messages.forEach((listener) => listener(messages))
  }

  // Returns how to stop listening.
  function listen(set, listener) {
    set.add(listener)
    return () => set.delete(listener)
  }

  function followSocket() {
    const before = phase.value
    phase.value = phaseOf(socket)
    if (before === 'live' && phase.value !== 'live') lostAt.value = Date.now()
    attempt.value = socket.attempt
    retryAt.value = socket.retryAt
    if (socket.state !== 'live') return
    if (hello.value !== socket.hello) access.value = socket.hello.auth ?? {}
    hello.value = socket.hello
    setServerTime(socket.hello.time)
    if (phase.value !== 'live') return
    wasLive.value = true
    if (before !== 'live') listeners.live.forEach((listener) => listener())
  }

  async function start() {
    const found = takeSecret()
    if (found) {
      try {
        await (found.pairing ? pairBySecret(found.secret) : signIn(found.secret))
        loginError.value = ''
      } catch (error) {
        loginError.value = error.message
        if ((await sessionState()) !== 'valid') {
          phase.value = 'signed-out'
          return
        }
      }
    } else if ((await sessionState()) === 'none') {
      phase.value = 'signed-out'
      return
    }
    socket.connect()
  }

  async function pairBySecret(secret) {
    const { deviceName } = await import('../protocol/device-name.js')
    return pair({ secret }, deviceName())
  }

  // Resolves when it is done; rejects with a RequestError.
  async function pairByCode(code, name) {
    await pair({ code }, name)
    loginError.value = ''
    socket.connect()
  }

  async function signOut() {
    await forgetCookie()
    wasLive.value = false
    socket.close()
  }

  document.addEventListener('visibilitychange', () => document.hidden || socket.wake())
  window.addEventListener('online', () => socket.wake())
  window.addEventListener('hashchange', () => {
    if (phase.value === 'signed-out' && hasSecret(window.location.hash)) start()
  })

  return {
    phase,
    live,
    wasLive,
    lostAt,
    attempt,
    retryAt,
    loginError,
    hello,
    level,
    baseLevel,
    elevatedUntil,
    device,
    host,
    pairByCode,
    start,
    signOut,
    epoch: () => socket.epoch,
    retryNow: () => socket.wake(),
    allows: (wanted) => LEVELS.indexOf(level.value) >= LEVELS.indexOf(wanted ?? 'observe'),
    request: (type, payload, options) => socket.request(type, payload, options),
    subscribe: (name, patterns, options) => socket.subscribe(name, patterns, options),
    unsubscribe: (name) => socket.unsubscribe(name),
    onMessages: (listener) => listen(listeners.messages, listener),
    onResync: (listener) => listen(listeners.resync, listener),
    onLive: (listener) => listen(listeners.live, listener)
  }
})
