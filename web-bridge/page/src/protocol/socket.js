// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The connection to the bridge: hello, heartbeat, subscriptions, requests, and coming back.
//
//   idle -> connecting -> live -> waiting -> connecting ...
//                     \-> signed-out (no session)   \-> refused (a protocol we do not speak)
//
// Nothing above this file knows that connections break: subscriptions are made again on the next
// one (events from where they stopped, samples from the retained value), requests find their reply.
//
// An event has one number, whoever gets it, but subscriptions are not equally far: what is replayed
// to one comes behind what another has heard live. So each remembers how far it is itself.
import { backoffMs } from './backoff.js'
import { PendingRequests } from './requests.js'
import { RequestError } from './request-error.js'

const PROTOCOL = 2
const CONNECT_TIMEOUT_MS = 8000
const PROBE_TIMEOUT_MS = 3000
const RESTART_DELAY_MS = 300
const REQUEST_TIMEOUT_MS = 15000
const DEFAULT_HEARTBEAT_MS = 15000
const SILENT_HEARTBEATS = 2.5
const PASSING = ['unavailable', 'timeout', 'busy'] // errors after which a subscription is tried again

const CLOSE_RESTARTING = 1012
const CLOSE_UNAUTHENTICATED = 4401
const CLOSE_FORBIDDEN = 4403
const CLOSE_RESUMED_ELSEWHERE = 4409
const CLOSE_PROTOCOL = 4426

export class HubSocket {
  #url
  #WebSocket
  #random
  #probeSession
  #handlers
  #socket = null
  #timer = null
  #watch = null
  #lastHeard = 0
  #heartbeatMs = DEFAULT_HEARTBEAT_MS
  #session = null
  #requests = new PendingRequests()
  #subscriptions = new Map()
  #sent = 0 // subscriptions sent so far

  state = 'idle'
  attempt = 0
  retryAt = 0
  hello = null
  epoch = null
  hubIsThere = false // behind the bridge

  // probeSession: async, 'valid', 'none' or 'unreachable', asked when a connection never opened.
  // handlers: onState(), onMessages(messages), onResync(): the hub is another one, or lost events.
  constructor({ url, probeSession, handlers, WebSocketClass = WebSocket, random = Math.random }) {
    this.#url = url
    this.#probeSession = probeSession
    this.#handlers = handlers
    this.#WebSocket = WebSocketClass
    this.#random = random
  }

  connect() {
    if (this.#socket) return
    clearTimeout(this.#timer)
    const socket = new this.#WebSocket(this.#url)
    let opened = false
    this.#socket = socket
    this.#setState('connecting')
    this.#timer = setTimeout(() => this.#drop(socket, opened), CONNECT_TIMEOUT_MS)
    socket.onmessage = (event) => {
      opened = true
      if (socket === this.#socket) this.#receive(event.data)
    }
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#lost(event.code, opened)
    }
  }

  // The person asks, the page became visible, or the network is back.
  wake() {
    if (this.state === 'waiting') {
      this.connect()
    } else if (this.state === 'live' && Date.now() - this.#lastHeard > this.#heartbeatMs) {
      const socket = this.#socket
      const asked = Date.now()
      this.#send({ type: 'system.ping', payload: {} })
      setTimeout(() => {
        if (socket === this.#socket && this.#lastHeard < asked) this.#drop(socket, true)
      }, PROBE_TIMEOUT_MS)
    }
  }

  close() {
    const socket = this.#socket
    this.#socket = null
    clearTimeout(this.#timer)
    clearTimeout(this.#watch)
    this.#session = null
    this.#requests.rejectAll('unavailable', 'The connection was closed')
    this.#setState('idle')
    socket?.close(1000)
  }

  // Resolves with the payload of the reply, rejects with a RequestError.
  request(type, payload = {}, { timeoutMs = REQUEST_TIMEOUT_MS } = {}) {
    if (this.state !== 'live') {
      return Promise.reject(new RequestError('unavailable', 'Not connected'))
    }
    const id = this.#requests.nextId()
    const reply = this.#requests.add(id, type, timeoutMs)
    this.#send({ type, payload, id })
    return reply
  }

  // options: rate (messages a second and key), retained, history(epoch) (begin with the events that
  // the hub still has behind the number that it returns), resume (read after a break what was
  // missed), onBegin(), onError(error). The same name again replaces what it stands for.
  subscribe(name, patterns, options = {}) {
    const subscription = { patterns, ...options, begun: false, sent: 0, failures: 0 }
    clearTimeout(this.#subscriptions.get(name)?.timer)
    this.#subscriptions.set(name, subscription)
    if (this.state === 'live') this.#sendSubscription(name, subscription, this.#beginning(options))
  }

  unsubscribe(name) {
    clearTimeout(this.#subscriptions.get(name)?.timer)
    if (!this.#subscriptions.delete(name) || this.state !== 'live') return
    this.request('websocket.unsubscribe', { sub: name }).catch(() => {})
  }

  get subscriptionNames() {
    return [...this.#subscriptions.keys()]
  }

  #setState(state) {
    this.state = state
    this.#handlers.onState()
  }

  #send(message) {
    this.#socket.send(JSON.stringify(message))
  }

  #sendSubscription(name, subscription, since) {
    const { patterns, rate, retained } = subscription
    const payload = { sub: name, patterns }
    if (rate !== undefined) payload.rate = rate
    if (retained !== undefined) payload.retained = retained
    if (since) payload.since = since
    clearTimeout(subscription.timer)
    const number = ++this.#sent
    subscription.sent = number
    subscription.since = since
    subscription.epoch = this.epoch
    subscription.begun = false
    // What was replaced, or was sent once more, is not judged by its first reply.
    const current = () => this.#subscriptions.get(name) === subscription && subscription.sent === number
    this.request('websocket.subscribe', payload).then(
      (reply) => {
        if (!current()) return
        this.#begin(subscription, reply)
        subscription.onBegin?.()
        if (reply.recovered === false && since?.seq > 0) this.#handlers.onResync()
      },
      (error) => {
        // Without a connection it did not fail: the next one makes it again.
        if (!current() || this.state !== 'live') return
        if (PASSING.includes(error.code)) this.#trySoon(name, subscription)
        subscription.onError?.(error)
      }
    )
  }

  // The hub may be away while the bridge is there, or busy.
  #trySoon(name, subscription) {
    const { sent } = subscription
    subscription.timer = setTimeout(() => {
      if (this.state !== 'live' || subscription.sent !== sent) return
      this.#sendSubscription(name, subscription, this.#whereToGoOn(subscription))
    }, backoffMs(subscription.failures++, this.#random))
  }

  // What the reply promises to replay is owed; once it has come, nothing up to the reply's own number
  // is missing.
  #begin(subscription, { replayed = 0, seq = 0 }) {
    subscription.begun = true
    subscription.failures = 0
    subscription.owed = replayed
    subscription.upTo = seq
    subscription.seen = replayed > 0 ? (subscription.since?.seq ?? 0) : seq
  }

  // Events of a subscription that is asked for anew are counted from its reply on.
  #count({ sub, seq, replay }) {
    if (seq === undefined) return
    for (const name of sub ?? []) {
      const subscription = this.#subscriptions.get(name)
      if (!subscription?.begun) continue
      subscription.seen = Math.max(subscription.seen, seq)
      if (replay && subscription.owed > 0 && --subscription.owed === 0) {
        subscription.seen = Math.max(subscription.seen, subscription.upTo)
      }
    }
  }

  // Where a subscription goes on: behind the last event that it got; where it asked, if it had no
  // answer; in an epoch that is new, at the beginning.
  #whereToGoOn(subscription) {
    const { begun, epoch, resume, seen, since } = subscription
    if (epoch !== this.epoch && (since || (begun && resume))) return { epoch: this.epoch, seq: 0 }
    if (begun && resume) return { epoch, seq: seen }
    return begun ? this.#beginning(subscription) : (since ?? this.#beginning(subscription))
  }

  #continue(wanted) {
    for (const [name, subscription] of this.#subscriptions) {
      if (wanted(subscription)) this.#sendSubscription(name, subscription, this.#whereToGoOn(subscription))
    }
  }

  // Events are lost, also of a subscription whose answer stands behind the gap.
  #fillGap(from) {
    const before = { epoch: this.epoch, seq: from - 1 }
    for (const [name, subscription] of this.#subscriptions) {
      if (!subscription.resume || !subscription.sent) continue
      const since = this.#whereToGoOn(subscription) ?? before
      this.#sendSubscription(name, subscription, since.seq < before.seq ? since : before)
    }
  }

  #receive(text) {
    this.#lastHeard = Date.now()
    let frame
    try {
      frame = JSON.parse(text)
    } catch {
      this.#drop(this.#socket, true)
      return
    }
    const messages = []
    for (const message of Array.isArray(frame) ? frame : [frame]) {
      if (!this.#handle(message)) messages.push(message)
    }
    if (messages.length) this.#handlers.onMessages(messages)
  }

  // True for what concerns the connection alone.
  #handle(message) {
    if (this.#requests.settle(message)) return true
    this.#count(message)
    switch (message.type) {
      case 'system.hello':
        this.#greet(message.payload)
        return true
      case 'system.heartbeat':
        // Without `sub` it is the connection's own; with it, the hub's sample that was subscribed.
        if (message.sub) return false
        this.#send({ type: 'system.pong', payload: { seq: message.payload?.seq ?? 0 } })
        return true
      case 'system.pong':
        return true
      case 'system.gap':
        this.#fillGap(message.payload.from)
        this.#handlers.onResync()
        return true
      default:
        return false
    }
  }

  #greet(hello) {
    const again = this.state === 'live'
    this.hello = hello
    this.#heartbeatMs = hello.heartbeat || DEFAULT_HEARTBEAT_MS
    if (hello.auth?.state === 'required') {
      this.#end('signed-out')
      return
    }
    if (again) {
      this.#followHub(hello)
      return
    }
    if (!hello.capabilities?.includes('resume')) {
      this.#requests.rejectAll(
        'unavailable',
        'The connection was lost before the reply came; look whether it was done'
      )
    }
    const id = this.#requests.nextId()
    const pending = this.#requests.ids
    const payload = {
      protocol: PROTOCOL,
      client: { name: 'page', version: __VERSION__ },
      capabilities: ['coalesce', 'heartbeat']
    }
    if (this.#session) Object.assign(payload, { session: this.#session, pending })
    const socket = this.#socket
    this.#requests.add(id, 'system.hello', CONNECT_TIMEOUT_MS).then(
      (reply) => this.#welcome(socket, hello, reply),
      () => this.#drop(socket, true)
    )
    this.#send({ type: 'system.hello', id, payload })
  }

  #welcome(socket, hello, reply) {
    if (socket !== this.#socket) return
    clearTimeout(this.#timer)
    this.#session = reply.session ?? hello.session ?? null
    this.hello = { ...hello, ...reply, session: this.#session }
    this.attempt = 0
    const changed = this.#adopt(this.hello)
    this.#armWatch()
    const before = this.#sent
    this.#setState('live')
    // What was subscribed meanwhile, by those who heard that it is live, is under way.
    this.#continue(({ sent }) => sent <= before)
    if (changed) this.#handlers.onResync()
  }

  // The bridge stays; the hub behind it went, came back, or is a new one.
  #followHub(hello) {
    const changed = this.#adopt(hello)
    this.#handlers.onState()
    if (!this.hubIsThere) return
    this.#continue(({ begun, resume }) => !begun || (changed && resume))
    if (changed) this.#handlers.onResync()
  }

  #beginning({ history }) {
    return history && this.epoch ? { epoch: this.epoch, seq: history(this.epoch) } : undefined
  }

  // A hello without an epoch: the hub is not there. Sequence numbers of different epochs cannot be
  // compared. True if there was another one.
  #adopt({ epoch }) {
    this.hubIsThere = Boolean(epoch)
    if (!epoch || epoch === this.epoch) return false
    const changed = this.epoch !== null
    this.epoch = epoch
    return changed
  }

  // A connection that says nothing for too long is dead, whatever TCP believes.
  #armWatch() {
    clearTimeout(this.#watch)
    const limit = this.#heartbeatMs * SILENT_HEARTBEATS
    const left = this.#lastHeard + limit - Date.now()
    this.#watch = setTimeout(() => {
      if (Date.now() - this.#lastHeard >= limit) this.#drop(this.#socket, true)
      else this.#armWatch()
    }, Math.max(left, 100))
  }

  #drop(socket, opened) {
    if (!socket || socket !== this.#socket) return
    socket.onclose = null
    socket.onmessage = null
    socket.close()
    this.#lost(1006, opened)
  }

  #end(state) {
    const socket = this.#socket
    this.#socket = null
    clearTimeout(this.#timer)
    clearTimeout(this.#watch)
    this.#requests.rejectAll('unauthenticated', 'Not signed in')
    this.#session = null
    this.#setState(state)
    socket?.close()
  }

  async #lost(code, opened) {
    clearTimeout(this.#timer)
    clearTimeout(this.#watch)
    if (code === CLOSE_UNAUTHENTICATED || code === CLOSE_FORBIDDEN) return this.#end('signed-out')
    if (code === CLOSE_PROTOCOL) return this.#end('refused')
    if (code === CLOSE_RESUMED_ELSEWHERE) this.#session = null
    this.#socket = null
    const delay =
      code === CLOSE_RESTARTING && this.attempt === 0
        ? Math.round(this.#random() * RESTART_DELAY_MS)
        : backoffMs(this.attempt, this.#random)
    this.attempt++
    this.retryAt = Date.now() + delay
    this.#timer = setTimeout(() => this.connect(), delay)
    this.#setState('waiting')
    if (!opened && (await this.#probeSession()) === 'none' && this.state === 'waiting') {
      this.#end('signed-out')
    }
  }
}
