// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// A bridge for tests of the page: the WebSocket protocol and the login of the real one, over the
// machine of machine.mjs, with what a test wants to break. Run alone it serves a built page.
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { randomBytes } from 'node:crypto'
import { extname, join, normalize } from 'node:path'
import { pathToFileURL } from 'node:url'
import { WebSocketServer } from 'ws'
import { descriptions, identity, moduleHistory, moduleRows, samplesAt, unitRows, workerRows } from './machine.mjs'

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; manifest-src 'self'"
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' }

class Refusal extends Error {
  constructor(code, message) {
    super(message)
    this.code = code
  }
}

function matches(pattern, type) {
  if (pattern === '*' || pattern === type) return true
  return pattern.endsWith('.*') && type.startsWith(pattern.slice(0, -1))
}

export class TestBridge {
  secret = 'a1b2c3d4'
  level = 'admin'
  delayMs = 0 // of replies
  silent = false // no samples
  holdReplies = new Set() // types that are never answered
  requests = []
  connections = new Set()
  modules
  unitStates = {}
  jobs = [] // rows of job.list
  logs = {} // id -> text

  #dist
  #server
  #sockets
  #cookies = new Set()
  #timer
  #epoch = randomBytes(8).toString('hex')
  #sequence = 100
  #ring = []
  #nextConnection = 1
  #intervalMs
  #measure

  // modules, measure: another machine than that of machine.mjs; intervalMs 0: samples by tick() only.
  constructor({ dist, intervalMs = 1000, modules = descriptions(), measure = samplesAt }) {
    this.#dist = dist
    this.#intervalMs = intervalMs
    this.#measure = measure
    this.modules = modules
  }

  get port() {
    return this.#server.address().port
  }

  get address() {
    return `http://127.0.0.1:${this.port}/`
  }

  get subscriptions() {
    return [...this.connections].flatMap((connection) => [...connection.subscriptions.values()].flatMap(({ patterns }) => patterns))
  }

  async listen(port = 0) {
    this.#server = createServer((request, response) => this.#serve(request, response))
    this.#sockets = new WebSocketServer({ server: this.#server, path: '/ws' })
    this.#sockets.on('connection', (socket, request) => this.#accept(socket, request))
    await new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', resolve)
    })
    if (this.#intervalMs) this.#timer = setInterval(() => this.tick(), this.#intervalMs)
  }

  async close(code = 1001) {
    clearInterval(this.#timer)
    for (const { socket } of this.connections) socket.close(code)
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  // Like a crash: no close frame, a new epoch afterwards.
  async kill() {
    clearInterval(this.#timer)
    for (const { socket } of this.connections) socket.terminate()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
    this.#epoch = randomBytes(8).toString('hex')
    this.#sequence = 0
    this.#ring = []
  }

  emit(type, payload) {
    const event = { type, payload, seq: ++this.#sequence, ts: Date.now(), src: type.split('.')[0] }
    this.#ring.push(event)
    this.#deliver([event])
  }

  tick(timeMs = Date.now()) {
    if (this.silent) return
    for (const connection of this.connections) {
      const batch = []
      for (const [name, { patterns }] of connection.subscriptions) {
        for (const event of Object.values(this.modules).flatMap((module) => module.events)) {
          if (event.class === 'sample' && patterns.some((pattern) => matches(pattern, event.type))) {
            batch.push(...this.#samples(event.type, timeMs, name))
          }
        }
      }
      if (batch.length) connection.send(batch)
    }
  }

  // A job begins, goes on, or is over: what changed of its row.
  setJob(id, changes) {
    const known = this.jobs.find((job) => job.id === id)
    const job = { ...known, id, ...changes }
    this.jobs = [...this.jobs.filter((other) => other !== known), job]
    if (!known) this.emit('job.started', { id, module: job.module, method: job.method, title: job.title })
    else if (job.finished) this.emit('job.finished', { id, module: job.module, title: job.title, state: job.state, error: job.error ?? '' })
    else {
      const { module, title, state, message, progress } = job
      this.#deliver([{ type: 'job.progress', key: `${id}`, ts: Date.now(), payload: { id, module, title, state, message, progress } }])
    }
  }

  setModuleState(name, state, error = '') {
    this.modules[name].state = state
    this.emit('module.state_changed', { name, state, error, generation: this.modules[name].generation })
  }

  #samples(type, timeMs, sub) {
    return this.#measure(type, timeMs / 1000).map((sample) => ({ type, ts: timeMs, sub: [sub], ...sample }))
  }

  #deliver(events) {
    for (const connection of this.connections) {
      const batch = []
      for (const event of events) {
        const sub = [...connection.subscriptions].filter(([, { patterns }]) => patterns.some((pattern) => matches(pattern, event.type))).map(([name]) => name)
        if (sub.length) batch.push({ ...event, sub })
      }
      if (batch.length) connection.send(batch)
    }
  }

  #hasCookie(request) {
    return (request.headers.cookie ?? '').split('; ').some((part) => this.#cookies.has(part))
  }

  async #serve(request, response) {
    const url = new URL(request.url, 'http://localhost')
    const json = (status, body, headers = {}) => {
      const type = status < 400 ? 'application/json' : 'application/problem+json'
      response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...headers })
      response.end(JSON.stringify(body))
    }
    if (url.pathname === '/api/auth/session') {
      if (this.#hasCookie(request)) return json(200, { level: this.level, device: 'Test' })
      return json(401, { title: 'Unauthenticated', status: 401, detail: 'No session', code: 'unauthenticated' })
    }
    if (url.pathname === '/api/auth/login' && request.method === 'POST') {
      let text = ''
      for await (const chunk of request) text += chunk
      if (JSON.parse(text).secret !== this.secret) {
        return json(401, { title: 'Unauthenticated', status: 401, detail: 'The secret is used up or too old', code: 'unauthenticated' })
      }
      const cookie = `binnacle-test=${randomBytes(8).toString('hex')}`
      this.#cookies.add(cookie)
      return json(200, { level: this.level, device: 'Test' }, { 'Set-Cookie': `${cookie}; HttpOnly; SameSite=Strict; Path=/` })
    }
    if (url.pathname === '/api/auth/logout') {
      for (const part of (request.headers.cookie ?? '').split('; ')) this.#cookies.delete(part)
      return json(200, {})
    }
    if (url.pathname === '/api/job/open_log') {
      const log = this.logs[url.searchParams.get('id')]
      if (log === undefined) return json(404, { title: 'Not found', status: 404, detail: 'There is no such job', code: 'not_found' })
      // In two pieces, cut through a character.
      const bytes = Buffer.from(log)
      response.writeHead(200, { 'Content-Type': 'application/octet-stream' })
      response.write(bytes.subarray(0, 7))
      await new Promise((resolve) => setTimeout(resolve, 50))
      return response.end(bytes.subarray(7))
    }
    try {
      const path = normalize(url.pathname === '/' ? '/index.html' : url.pathname)
      const body = await readFile(join(this.#dist, path))
      response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream', 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff' })
      response.end(body)
    } catch {
      json(404, { title: 'Not found', status: 404, code: 'not_found' })
    }
  }

  #accept(socket, request) {
    const connection = {
      socket,
      subscriptions: new Map(),
      send: (message) => socket.readyState === 1 && socket.send(JSON.stringify(message))
    }
    this.connections.add(connection)
    socket.on('close', () => this.connections.delete(connection))
    const good = this.#hasCookie(request)
    connection.send({
      type: 'system.hello',
      payload: {
        protocol: 2, server: 'binnacle-web-bridge', version: '0.1.0', epoch: this.#epoch, seq: this.#sequence,
        connection: `c${this.#nextConnection++}`, session: 's-1',
        host: good ? 'workshop' : undefined, auth: { state: good ? 'ok' : 'required', methods: ['cookie'], level: good ? this.level : undefined },
        capabilities: ['retained', 'rate', 'coalesce', 'heartbeat'],
        limits: { message: 262144, subscriptions: 128 }, heartbeat: 15000, time: Date.now()
      }
    })
    socket.on('message', (data) => this.#receive(connection, JSON.parse(data)))
  }

  async #receive(connection, message) {
    this.requests.push(message)
    const { type, id, payload } = message
    if (this.holdReplies.has(type) || id === undefined) return
    if (this.delayMs) await new Promise((resolve) => setTimeout(resolve, this.delayMs))
    try {
      const after = []
      const reply = this.#answer(connection, type, payload ?? {}, after)
      connection.send({ type: `${type}.result`, id, ok: true, payload: reply })
      if (after.length) connection.send(after)
    } catch (error) {
      connection.send({ type: 'system.error', id, ok: false, payload: { code: error.code ?? 'internal', message: error.message, for: type } })
    }
  }

  #subscribe(connection, { sub, patterns, since, retained }, after) {
    connection.subscriptions.set(sub, { patterns })
    const wanted = (type) => patterns.some((pattern) => matches(pattern, type))
    const recovered = !since || since.epoch === this.#epoch
    if (since) {
      const from = recovered ? since.seq : 0
      for (const event of this.#ring) {
        if (event.seq > from && wanted(event.type)) after.push({ ...event, sub: [sub], replay: true })
      }
    }
    const replayed = after.length
    if (retained !== false && !this.silent) {
      const now = Date.now()
      for (const { type, class: kind } of Object.values(this.modules).flatMap((module) => module.events)) {
        if (kind !== 'sample' || !wanted(type)) continue
        after.push(...this.#samples(type, now, sub).map((sample) => ({ ...sample, retained: true })))
      }
    }
    return { sub, ...(since && { recovered, replayed }), retained: after.length - replayed, seq: this.#sequence }
  }

  #answer(connection, type, payload, after) {
    const known = this.modules[payload.name]
    switch (type) {
      case 'system.hello':
        return { session: 's-1' }
      case 'websocket.subscribe':
        return this.#subscribe(connection, payload, after)
      case 'websocket.unsubscribe':
        connection.subscriptions.delete(payload.sub)
        return { sub: payload.sub }
      case 'module.list':
        return { modules: moduleRows(this.modules) }
      case 'module.describe':
        if (!known) throw new Refusal('not_found', `No module named “${payload.name}”`)
        return known
      case 'module.history':
        return { changes: moduleHistory }
      case 'module.approve':
        if (payload.rights !== known.rights_digest) throw new Refusal('conflict', 'It asks for something else now')
        known.approved = true
        known.rights = known.rights.map((right) => ({ ...right, approved: true }))
        setImmediate(() => this.setModuleState(payload.name, 'ready'))
        return { name: payload.name, state: 'ready', generation: ++known.generation }
      case 'job.list':
        return { jobs: this.jobs }
      case 'job.get':
        return { ...this.jobs.find((job) => job.id === payload.id), result: { checked: 214, worst: 'backup.service' } }
      case 'job.cancel':
        this.setJob(payload.id, { state: 'cancelling' })
        return { id: payload.id, state: 'cancelling' }
      case 'services.check_all':
        this.setJob(21, { module: 'services', method: type, title: 'Check 214 units', state: 'running', message: '', error: '', started: Date.now() * 1000, finished: 0, cancellable: true })
        return { job: '/org/binnacle/Hub1/jobs/21' }
      case 'module.reset_failures':
      case 'module.load':
      case 'module.reload':
        setImmediate(() => this.setModuleState(payload.name, 'ready'))
        return { name: payload.name, state: 'ready', generation: ++known.generation }
      case 'module.unload':
        setImmediate(() => this.setModuleState(payload.name, 'stopped'))
        return { name: payload.name, state: 'stopped', generation: known.generation }
      case 'worker.list':
        return { workers: workerRows(Date.now() * 1000) }
      case 'worker.run_now':
      case 'worker.stop':
      case 'worker.restart':
      case 'worker.start':
        return { name: payload.name, state: 'running' }
      case 'worker.set_interval':
        return { name: payload.name, state: 'running', interval: payload.interval_ms }
      case 'system_info.identity':
        return { identity }
      case 'system_info.list_users':
        return { users: [{ name: 'ann', terminal: 'tty2', since: 1795340000000000 }] }
      case 'services.list_units':
        return { units: unitRows(this.unitStates) }
      case 'services.list_timers':
        return { timers: [] }
      case 'services.list_journal':
        throw new Refusal('unavailable', 'The journal cannot be read: this user is not in the group systemd-journal')
      case 'services.restart_unit':
      case 'services.stop_unit':
        this.unitStates[payload.name] = type === 'services.stop_unit' ? 'inactive' : 'active'
        setImmediate(() => this.emit('services.unit_changed', { name: payload.name, state: this.unitStates[payload.name] }))
        return {}
      case 'services.set_priority':
        if (payload.weight > 10000) throw new Refusal('bad_payload', 'weight: 1 to 10000 is right')
        return { weight: payload.weight }
      case 'chat.send':
        setImmediate(() => this.emit('chat.message', { room: payload.room, from: 'ann', text: payload.text }))
        return {}
      default:
        throw new Refusal('unknown_type', `Nothing answers “${type}”`)
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const bridge = new TestBridge({ dist: process.argv[2] })
  await bridge.listen(Number(process.argv[3] ?? 8740))
  console.log(`${bridge.address}#s=${bridge.secret}`)
}
