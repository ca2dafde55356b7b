// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The connection: hello, coming back, heartbeat, subscriptions and requests over a break.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { backoffMs, FIRST_MS, LONGEST_MS } from '../../web-bridge/page/src/protocol/backoff.js'
import { HubSocket } from '../../web-bridge/page/src/protocol/socket.js'

class FakeSocket {
  static all = []
  sent = []
  constructor(url) {
    this.url = url
    FakeSocket.all.push(this)
  }
  send(text) {
    this.sent.push(JSON.parse(text))
  }
  close() {
    this.closed = true
  }
  receive(message) {
    this.onmessage?.({ data: JSON.stringify(message) })
  }
  last(type) {
    return this.sent.filter((message) => message.type === type).at(-1)
  }
}

const HELLO = { protocol: 2, epoch: 'e1', seq: 10, heartbeat: 15000, auth: { state: 'ok', level: 'admin' }, capabilities: [] }

let hub, messages, resyncs, probe

async function goLive(hello = {}) {
  const socket = FakeSocket.all.at(-1)
  socket.receive({ type: 'system.hello', payload: { ...HELLO, ...hello } })
  socket.receive({ type: 'system.hello.result', id: socket.last('system.hello').id, ok: true, payload: {} })
  await vi.advanceTimersByTimeAsync(0)
  return socket
}

const subscribed = (socket) =>
  socket.sent.filter(({ type }) => type === 'websocket.subscribe').map(({ payload }) => payload)

// Answers every subscription.
async function confirm(socket, more) {
  for (const { type, id, payload } of [...socket.sent]) {
    if (type !== 'websocket.subscribe') continue
    const reply = { sub: payload.sub, recovered: true, ...more }
    socket.receive({ type: 'websocket.subscribe.result', id, ok: true, payload: reply })
  }
  await vi.advanceTimersByTimeAsync(0)
}

function refuse(socket, code) {
  const { id } = socket.last('websocket.subscribe')
  socket.receive({ type: 'system.error', id, ok: false, payload: { code, message: code } })
}

beforeEach(() => {
  vi.useFakeTimers()
  FakeSocket.all = []
  messages = []
  resyncs = 0
  probe = 'valid'
  hub = new HubSocket({
    url: 'ws://x/ws',
    WebSocketClass: FakeSocket,
    random: () => 1,
    probeSession: async () => probe,
    handlers: { onState() {}, onMessages: (batch) => messages.push(...batch), onResync: () => resyncs++ }
  })
  hub.connect()
})
afterEach(() => vi.useRealTimers())

describe('hello', () => {
  it('says what it can and is live with the reply', async () => {
    const socket = await goLive()
    expect(socket.last('system.hello').payload.capabilities).toEqual(['coalesce', 'heartbeat'])
    expect(hub.state).toBe('live')
  })

  it('is signed out where a session is required', () => {
    FakeSocket.all[0].receive({ type: 'system.hello', payload: { ...HELLO, auth: { state: 'required' } } })
    expect(hub.state).toBe('signed-out')
  })

  it('gives up a connection that does not answer in 8 s', async () => {
    await vi.advanceTimersByTimeAsync(8000)
    expect(FakeSocket.all[0].closed).toBe(true)
    expect(hub.state).toBe('waiting')
  })
})

describe('coming back', () => {
  it('waits with full jitter, longer each time, at most 15 s', () => {
    expect(backoffMs(0, () => 1)).toBe(FIRST_MS)
    expect(backoffMs(3, () => 0.5)).toBe(2000)
    expect(backoffMs(40, () => 1)).toBe(LONGEST_MS)
    expect(backoffMs(9, () => 0)).toBeGreaterThan(0)
  })

  it('connects again after the pause, and at once when it is woken', async () => {
    const socket = await goLive()
    socket.onclose({ code: 1006 })
    expect(hub.state).toBe('waiting')
    await vi.advanceTimersByTimeAsync(FIRST_MS)
    expect(FakeSocket.all).toHaveLength(2)
    FakeSocket.all[1].onclose({ code: 1006 })
    hub.wake()
    expect(FakeSocket.all).toHaveLength(3)
  })

  it.each([[4401, 'signed-out'], [4403, 'signed-out'], [4426, 'refused'], [4408, 'waiting'], [1012, 'waiting']])(
    'close code %i leads to %s',
    async (code, state) => {
      const socket = await goLive()
      socket.onclose({ code })
      expect(hub.state).toBe(state)
    }
  )

  it('is signed out when a connection never opened and there is no session', async () => {
    probe = 'none'
    FakeSocket.all[0].onclose({ code: 1006 })
    await vi.advanceTimersByTimeAsync(0)
    expect(hub.state).toBe('signed-out')
  })

  it('drops a connection that is silent for 2.5 heartbeats', async () => {
    const socket = await goLive()
    await vi.advanceTimersByTimeAsync(38000)
    expect(socket.closed).toBe(true)
  })

  it('stays while heartbeats come, and answers them', async () => {
    const socket = await goLive()
    for (let i = 0; i < 10; i++) {
      await vi.advanceTimersByTimeAsync(15000)
      socket.receive({ type: 'system.heartbeat', payload: { seq: 20 + i } })
    }
    expect(hub.state).toBe('live')
    expect(socket.last('system.pong').payload.seq).toBe(29)
  })
})

describe('subscriptions', () => {
  it('are made again, events from where they stopped', async () => {
    hub.subscribe('activity', ['module.*'], { resume: true })
    hub.subscribe('s:a.b', ['a.b'], { rate: 1 })
    const first = await goLive()
    await confirm(first)
    first.receive([{ type: 'module.state_changed', seq: 42, sub: ['activity'], payload: {} }])
    expect(messages).toHaveLength(1)
    first.onclose({ code: 1006 })
    hub.wake()
    const second = await goLive({ seq: 50 })
    expect(subscribed(second)).toEqual([
      { sub: 'activity', patterns: ['module.*'], since: { epoch: 'e1', seq: 42 } },
      { sub: 's:a.b', patterns: ['a.b'], rate: 1 }
    ])
    expect(resyncs).toBe(0)
  })

  it('that had not begun begin where they wanted to', async () => {
    hub.subscribe('m', ['chat.message'], { resume: true, history: () => 0 })
    const first = await goLive()
    first.onclose({ code: 1006 })
    hub.wake()
    const second = await goLive({ seq: 50 })
    expect(subscribed(second)).toEqual([
      { sub: 'm', patterns: ['chat.message'], since: { epoch: 'e1', seq: 0 } }
    ])
  })

  it('whose replay was cut go on where it was cut, whatever others have heard', async () => {
    hub.subscribe('m', ['chat.message'], { resume: true, history: () => 0 })
    hub.subscribe('activity', ['module.*'], { resume: true })
    const first = await goLive()
    await confirm(first, { replayed: 0, seq: 45 })
    const since = (socket, name) => subscribed(socket).find(({ sub }) => sub === name).since
    hub.subscribe('m', ['chat.*'], { resume: true, history: () => 0 })
    const { id } = first.last('websocket.subscribe')
    first.receive({ type: 'websocket.subscribe.result', id, ok: true, payload: { recovered: true, replayed: 2, seq: 48 } })
    await vi.advanceTimersByTimeAsync(0)
    first.receive([{ type: 'chat.message', seq: 40, sub: ['m'], replay: true, payload: {} }])
    first.receive([{ type: 'module.state_changed', seq: 49, sub: ['activity'], payload: {} }])
    first.onclose({ code: 1006 })
    hub.wake()
    const second = await goLive({ seq: 50 })
    expect(since(second, 'm')).toEqual({ epoch: 'e1', seq: 40 })
    expect(since(second, 'activity')).toEqual({ epoch: 'e1', seq: 49 })
    await confirm(second, { replayed: 1, seq: 50 })
    second.receive([{ type: 'chat.message', seq: 41, sub: ['m'], replay: true, payload: {} }])
    second.onclose({ code: 1006 })
    hub.wake()
    const third = await goLive({ seq: 50 })
    expect(since(third, 'm')).toEqual({ epoch: 'e1', seq: 50 })
    expect(since(third, 'activity')).toEqual({ epoch: 'e1', seq: 49 })
  })

  it('that wait for an answer are not counted by what the last one still sends', async () => {
    hub.subscribe('m', ['chat.message'], { resume: true })
    const first = await goLive()
    await confirm(first, { seq: 10 })
    first.receive({ type: 'system.gap', payload: { from: 11, to: 20 } })
    first.receive([{ type: 'chat.message', seq: 21, sub: ['m'], payload: {} }])
    first.onclose({ code: 1006 })
    hub.wake()
    const second = await goLive({ seq: 30 })
    expect(subscribed(second)[0].since).toEqual({ epoch: 'e1', seq: 10 })
  })

  it('resync when the hub is another one, events from its beginning', async () => {
    hub.subscribe('activity', ['module.*'], { resume: true })
    const first = await goLive()
    await confirm(first)
    first.onclose({ code: 1006 })
    hub.wake()
    const second = await goLive({ epoch: 'e2', seq: 7 })
    expect(resyncs).toBe(1)
    expect(subscribed(second)[0].since).toEqual({ epoch: 'e2', seq: 0 })
  })

  it('follow a new hub behind the same bridge', async () => {
    hub.subscribe('activity', ['module.*'], { resume: true })
    hub.subscribe('s:a.b', ['a.b'], { rate: 1 })
    const socket = await goLive()
    await confirm(socket)
    const before = subscribed(socket).length
    socket.receive({ type: 'system.hello', payload: { ...HELLO, epoch: 'e2', seq: 3 } })
    expect(hub.state).toBe('live')
    expect(hub.epoch).toBe('e2')
    expect(subscribed(socket).slice(before)).toEqual([
      { sub: 'activity', patterns: ['module.*'], since: { epoch: 'e2', seq: 0 } }
    ])
    expect(resyncs).toBe(1)
  })

  it('read a gap again that was announced', async () => {
    hub.subscribe('activity', ['module.*'], { resume: true })
    const socket = await goLive()
    await confirm(socket, { seq: 25 })
    socket.receive({ type: 'system.gap', payload: { from: 20, to: 30 } })
    expect(subscribed(socket).at(-1).since).toEqual({ epoch: 'e1', seq: 19 })
    expect(resyncs).toBe(1)
  })

  it('know at once that the hub is away, and go on when it is back', async () => {
    hub.subscribe('activity', ['module.*'], { resume: true })
    const socket = await goLive()
    await confirm(socket)
    const { epoch, seq, ...away } = HELLO
    socket.receive({ type: 'system.hello', payload: away })
    expect(hub.hubIsThere).toBe(false)
    expect(hub.state).toBe('live')
    hub.subscribe('m', ['chat.message'], { resume: true, history: () => 0 })
    refuse(socket, 'unavailable')
    await vi.advanceTimersByTimeAsync(0)
    const before = subscribed(socket).length
    socket.receive({ type: 'system.hello', payload: { ...away, epoch, seq } })
    expect(hub.hubIsThere).toBe(true)
    expect(subscribed(socket).slice(before)).toEqual([
      { sub: 'm', patterns: ['chat.message'], since: { epoch: 'e1', seq: 0 } }
    ])
    await vi.advanceTimersByTimeAsync(LONGEST_MS)
    expect(subscribed(socket)).toHaveLength(before + 1)
    expect(resyncs).toBe(0)
  })

  it('are tried again while the hub is away, and not once more when it worked', async () => {
    const onError = vi.fn()
    const socket = await goLive()
    hub.subscribe('x', ['a.b'], { onError })
    refuse(socket, 'unavailable')
    await vi.advanceTimersByTimeAsync(FIRST_MS)
    expect(onError).toHaveBeenCalledTimes(1)
    expect(subscribed(socket)).toHaveLength(2)
    await confirm(socket)
    await vi.advanceTimersByTimeAsync(LONGEST_MS)
    expect(subscribed(socket)).toHaveLength(2)
  })

  it('do not fail because another of their name took their place', async () => {
    const onError = vi.fn()
    const socket = await goLive()
    hub.subscribe('x', ['a.b'], { onError })
    const { id } = socket.last('websocket.subscribe')
    hub.subscribe('x', ['a.c'], { onError })
    socket.receive({ type: 'system.error', id, ok: false, payload: { code: 'conflict' } })
    await vi.advanceTimersByTimeAsync(0)
    expect(onError).not.toHaveBeenCalled()
  })

  it('tells who subscribed of a refusal', async () => {
    const socket = await goLive()
    const onError = vi.fn()
    hub.subscribe('x', ['secret.*'], { onError })
    const { id } = socket.last('websocket.subscribe')
    socket.receive({ type: 'system.error', id, ok: false, payload: { code: 'forbidden', message: 'admin only' } })
    await vi.advanceTimersByTimeAsync(0)
    expect(onError.mock.calls[0][0]).toMatchObject({ code: 'forbidden', message: 'admin only' })
  })
})

describe('requests', () => {
  it('resolve with the payload of their reply, whatever its type', async () => {
    const socket = await goLive()
    const reply = hub.request('system.status_request')
    socket.receive({ type: 'system.status', id: socket.sent.at(-1).id, ok: true, payload: { uptime: 3 } })
    await expect(reply).resolves.toEqual({ uptime: 3 })
  })

  it('time out, are refused offline, and end with the connection', async () => {
    const socket = await goLive()
    const late = expect(hub.request('a.b')).rejects.toMatchObject({ code: 'timeout' })
    await vi.advanceTimersByTimeAsync(15000)
    await late
    const lost = expect(hub.request('a.c')).rejects.toMatchObject({ code: 'unavailable' })
    socket.onclose({ code: 1006 })
    await expect(hub.request('a.d')).rejects.toMatchObject({ code: 'unavailable' })
    hub.wake()
    await goLive()
    await lost
  })
})
