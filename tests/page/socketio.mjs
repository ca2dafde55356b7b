// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The stock client of Socket.IO against the real bridge: socketio.mjs BUILD PAGE. Prints TAP.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { createRequire } from 'node:module'
import { io, Manager } from 'socket.io-client'
import WebSocket from 'ws'
import { launch, openPage } from './browser.mjs'
import { RealHub } from './hub.mjs'
import { finish, test, within } from './plain-tap.mjs'

const require = createRequire(import.meta.url)
const [build, page] = process.argv.slice(2)
const hub = new RealHub({ build, page, testModules: ['echo'] })
await hub.start()
for (const name of ['echo', 'chat']) await hub.command('call', 'module.load', `name=${name}`)
const origin = `http://127.0.0.1:${hub.port}`
const token = await hub.token()
const bearer = { Authorization: `Bearer ${token}` }
const open = new Set()

function client(space, options) {
  const socket = io(origin + space, { forceNew: true, auth: { token }, reconnection: false, ...options })
  open.add(socket)
  return socket
}

function next(socket, name) {
  const event = within(10, new Promise((resolve) => socket.once(name, (...args) => resolve(args))), name)
  event.catch(() => {}) // whoever waits for it hears of it
  return event
}

async function restartBridge(...options) {
  await hub.endBridge()
  await hub.startBridge([], options)
  const ready = async () => {
    while ((await fetch(`${origin}/readyz`)).status !== 200);
  }
  await within(10, ready(), 'the hub')
}

async function connected(space, options) {
  const socket = client(space, options)
  await Promise.race([next(socket, 'connect'), next(socket, 'connect_error').then(([error]) => { throw error })])
  return socket
}

const transportOf = (socket) => socket.io.engine.transport.name

async function closeAll() {
  for (const socket of open) socket.close()
  open.clear()
}

for (const transports of [['polling'], ['websocket'], ['polling', 'websocket']]) {
  const how = transports.join(' to ')
  await test(`${how}: events, acknowledgements, bytes`, async () => {
    const socket = await connected('/echo', { transports })
    if (transports.length > 1) {
      if (transportOf(socket) !== 'websocket') await next(socket.io.engine, 'upgrade')
    }
    assert.equal(transportOf(socket), transports.at(-1))
    assert.deepEqual(await socket.emitWithAck('echo', { text: 'Grüße, “Ann”\u2028\n' }), {
      echo: 'Grüße, “Ann”\u2028\n'
    })
    const told = next(socket, 'told')
    assert.deepEqual(await socket.emitWithAck('tell', { text: 'to all', count: 1 }), {})
    assert.equal((await told)[0].text, 'to all')
    const many = await Promise.all(
      Array.from({ length: 60 }, (_, i) => socket.emitWithAck('echo', { text: `${i}` }))
    )
    assert.deepEqual(many.map(({ echo }) => echo), Array.from({ length: 60 }, (_, i) => `${i}`))
    await closeAll()
  })
}

await test('events come in their order over polling', async () => {
  const socket = await connected('/echo', { transports: ['polling'] })
  const heard = []
  const all = new Promise((resolve) =>
    socket.on('told', ({ text }) => heard.push(text) === 40 && resolve())
  )
  for (let i = 0; i < 40; i++) socket.emit('tell', { text: `${i}`, count: 1 })
  await within(10, all, 'the events')
  assert.deepEqual(heard, Array.from({ length: 40 }, (_, i) => `${i}`))
  await closeAll()
})

await test('the root has all events under their full names', async () => {
  const socket = await connected('/')
  const told = next(socket, 'echo.told')
  const { uptime, modules } = await socket.emitWithAck('system.status_request', {})
  assert.ok(uptime > 0 && modules.some(({ name }) => name === 'echo'))
  assert.deepEqual(await socket.emitWithAck('echo.echo', { text: 'x' }), { echo: 'x' })
  socket.emit('echo.tell', { text: 'whole', count: 1 })
  assert.equal((await told)[0].text, 'whole')
  await closeAll()
})

await test('several namespaces share a connection, and end apart', async () => {
  const manager = new Manager(origin, { reconnection: false })
  const [echo, chat] = ['/echo', '/chat'].map((space) => manager.socket(space, { auth: { token } }))
  open.add(echo).add(chat)
  await Promise.all([next(echo, 'connect'), next(chat, 'connect')])
  echo.disconnect()
  const message = next(chat, 'message')
  chat.emit('message', { text: 'still here', from: 'ann' })
  assert.equal((await message)[0].text, 'still here')
  echo.connect()
  await next(echo, 'connect')
  assert.deepEqual(await echo.emitWithAck('echo', { text: 'again' }), { echo: 'again' })
  await closeAll()
})

await test('the client code of the first dashboard, as it stands, in a browser', async () => {
  const browser = await launch()
  const { page: tab, problems } = await openPage(browser)
  await tab.goto(await hub.address())
  await tab.locator('.card.is-live').first().waitFor()
  // The page lets no script in that is not its own; a debugger may.
  await tab.evaluate(readFileSync(require.resolve('socket.io-client/dist/socket.io.js'), 'utf8'))
  const connects = tab.waitForEvent('console')
  await tab.evaluate(readFileSync(new URL('../fixtures/chat-namespace.js', import.meta.url), 'utf8'))
  assert.equal((await connects).text(), 'Connected to chat namespace')
  const received = tab.waitForEvent('console')
  await tab.evaluate(() => window.sendMessage('Hello from the document'))
  assert.match((await received).text(), /^Received message: .*Hello from the document/)
  assert.deepEqual(problems.filter((problem) => !problem.startsWith('log: ')), [])
  await browser.close()
})

await test('who may not is told so', async () => {
  const refused = async (space, options) => (await next(client(space, options), 'connect_error'))[0]
  const unauthorized = await refused('/echo', { auth: {} })
  assert.equal(unauthorized.message, 'unauthorized')
  assert.equal(unauthorized.data.code, 'unauthenticated')
  assert.equal((await refused('/echo', { auth: { token: 'x'.repeat(43) } })).message, 'unauthorized')
  assert.equal((await refused('/nobody')).message, 'Invalid namespace')
  assert.equal((await refused('/No Body')).message, 'Invalid namespace')
  await refused('/echo', { auth: {}, extraHeaders: { Authorization: `Bearer ${'x'.repeat(43)}` } })
  await closeAll()
})

await test('a device that only looks can change nothing', async () => {
  const code = await hub.invite('observe')
  const answer = await fetch(`${origin}/api/auth/pair`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ code, name: 'A script' })
  })
  const paired = await answer.json()
  const socket = await connected('/', { auth: { token: paired.token } })
  const { error } = await socket.emitWithAck('module.reload', { name: 'echo' })
  assert.equal(error.code, 'forbidden')
  assert.ok((await socket.emitWithAck('module.list', {})).modules.length > 0)
  const gone = next(socket, 'disconnect')
  const [{ id }] = (await hub.command('call', 'access.list_devices'))[0].devices.filter(({ name }) => name === 'A script')
  await hub.command('call', 'access.revoke', `id=${id}`)
  assert.equal((await gone)[0], 'io server disconnect')
  await closeAll()
})

await test('errors: acknowledged if that was asked, an event if not', async () => {
  const socket = await connected('/echo')
  const { error } = await socket.emitWithAck('no_such_method', {})
  assert.equal(error.code, 'unknown_type')
  const event = next(socket, 'system.error')
  socket.emit('fail', { code: 'conflict' })
  assert.ok((await event)[0].code)
  assert.equal((await socket.emitWithAck('echo', 'not an object')).error.code, 'bad_payload')
  await closeAll()
})

// Engine.IO by hand

function raw(method, query, { body, headers } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request(`${origin}/socket.io/?EIO=4&transport=polling${query}`, { method, headers }, (answer) => {
      let text = ''
      answer.on('data', (data) => (text += data))
      answer.on('end', () => resolve({ status: answer.statusCode, text, headers: answer.headers }))
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

async function handshake(headers = bearer) {
  const { status, text } = await raw('GET', '', { headers })
  assert.equal(status, 200)
  assert.equal(text[0], '0')
  return JSON.parse(text.slice(1))
}

await test('the handshake has what the protocol says', async () => {
  const answer = await handshake()
  assert.deepEqual(Object.keys(answer).sort(), ['maxPayload', 'pingInterval', 'pingTimeout', 'sid', 'upgrades'])
  assert.deepEqual(answer.upgrades, ['websocket'])
  assert.match(answer.sid, /^[0-9a-f]{32}$/)
})

await test('bad requests have the errors of the protocol', async () => {
  const { sid } = await handshake()
  const at = async (path, options) => {
    const answer = await fetch(`${origin}${path}`, options)
    return [answer.status, (await answer.json()).code]
  }
  assert.deepEqual(await at('/socket.io/?EIO=4&transport=carrier'), [400, 0])
  assert.deepEqual(await at('/socket.io/?EIO=4&transport=polling&sid=abc'), [400, 1])
  assert.deepEqual(await at('/socket.io/?EIO=4&transport=polling', { method: 'POST' }), [400, 2])
  assert.deepEqual(await at('/socket.io/?EIO=4&transport=websocket'), [400, 3])
  assert.deepEqual(await at('/socket.io/?EIO=3&transport=polling'), [400, 5])
  assert.deepEqual(await at('/socket.io/?EIO=4&transport=polling', { headers: { Origin: 'http://evil.example' } }), [403, 'forbidden'])
  assert.equal((await fetch(`${origin}/socket.io/?EIO=4&transport=polling&sid=${sid}`, { method: 'PUT' })).status, 405)
})

await test('packets that are none end the session', async () => {
  for (const body of ['', 'x', '4', '49', '42[', '40/echo,\x1e42/echo,"x"', '40/echo,\x1e42/echo,[1]',
    '451-["x",{"_placeholder":true,"num":0}]\x1e42["y"]', '451-["x",{"_placeholder":true,"num":7}]\x1ebAAEC', 'bAAEC', '4999-["x"]', '40/chat,{', '2', '5', '\x1e', '40\x1e']) {
    const { sid } = await handshake()
    const { status } = await raw('POST', `&sid=${sid}`, { body })
    assert.equal(status, 400, JSON.stringify(body))
    assert.equal((await raw('GET', `&sid=${sid}`)).status, 400, JSON.stringify(body))
  }
})

await test('two polls at once end the session', async () => {
  const { sid } = await handshake()
  const [first, second] = await Promise.all([raw('GET', `&sid=${sid}`), raw('GET', `&sid=${sid}`)])
  const statuses = [first.status, second.status].sort()
  assert.deepEqual(statuses, [200, 400])
})

await test('bytes as attachments, over polling and WebSocket', async () => {
  const { sid } = await handshake()
  await raw('POST', `&sid=${sid}`, { body: '40/echo,' })
  await raw('GET', `&sid=${sid}`)
  await raw('POST', `&sid=${sid}`, { body: '451-/echo,7["echo",{"text":{"_placeholder":true,"num":0}}]\x1ebAQID' })
  const packets = []
  while (!packets.includes('43/echo,7[{"echo":"AQID"}]')) {
    const { status, text } = await raw('GET', `&sid=${sid}`)
    assert.equal(status, 200, packets.join())
    packets.push(...text.split('\x1e'))
  }
  const socket = await connected('/echo', { transports: ['websocket'] })
  assert.deepEqual(await socket.emitWithAck('echo', { text: Buffer.from([1, 2, 3]) }), { echo: 'AQID' })
  await closeAll()
})

await test('who connects again and again is closed, and so is who asks without reading', async () => {
  const { sid } = await handshake()
  const many = Array.from({ length: 40 }, (_, i) => `40/no ${i},`).join('\x1e')
  assert.equal((await raw('POST', `&sid=${sid}`, { body: many })).status, 200)
  assert.equal((await raw('GET', `&sid=${sid}`)).status, 400)
  const greedy = (await handshake()).sid
  await raw('POST', `&sid=${greedy}`, { body: '40/echo,' })
  await raw('GET', `&sid=${greedy}`)
  const text = JSON.stringify({ text: 'x'.repeat(60000) })
  for (let i = 0; i < 120; i++) {
    const { status } = await raw('POST', `&sid=${greedy}`, { body: `42/echo,${i}["echo",${text}]` })
    assert.equal(status, 200)
  }
  // The namespace is over, with the answers that nobody fetched.
  const { text: rest } = await raw('GET', `&sid=${greedy}`)
  assert.ok(rest.split('\x1e').includes('41/echo,'), rest.slice(-200))
  return `${rest.length} bytes waited of 120 answers of 60 KB`
})

await test('a second WebSocket of a session is closed', async () => {
  const socket = await connected('/echo', { transports: ['websocket'] })
  const second = new WebSocket(`ws://127.0.0.1:${hub.port}/socket.io/?EIO=4&transport=websocket&sid=${socket.io.engine.id}`)
  const [code] = await next(second, 'close')
  assert.equal(code, 1000)
  assert.deepEqual(await socket.emitWithAck('echo', { text: 'there' }), { echo: 'there' })
  await closeAll()
})

await test('a client that reads nothing costs no memory, and hears of the gap', async () => {
  const { sid } = await handshake()
  await raw('POST', `&sid=${sid}`, { body: '40/echo,' })
  await raw('GET', `&sid=${sid}`)
  const text = 'x'.repeat(500)
  await hub.command('call', 'echo.tell', `text=${text}`, 'count=3000')
  let heard = ''
  while (!heard.includes('system.gap')) {
    const { status, text: part } = await within(10, raw('GET', `&sid=${sid}`), 'the gap')
    assert.equal(status, 200, heard.slice(-200))
    heard += part
  }
  assert.ok(heard.length < 2 * 1024 * 1024, `${heard.length}`)
  await closeAll()
  return `${heard.length} bytes waited of ${3000 * text.length}`
})

await test('pings: who does not answer is gone, who answers stays', async () => {
  await restartBridge('--socketio-ping-interval', '200', '--socketio-ping-timeout', '150')
  const answer = await handshake()
  assert.equal(answer.pingInterval, 200)
  assert.equal(answer.pingTimeout, 150)
  await raw('POST', `&sid=${answer.sid}`, { body: '40/echo,' })
  const began = Date.now()
  for (let pings = 0; pings < 3; ) {
    const { text } = await raw('GET', `&sid=${answer.sid}`)
    if (!text.split('\x1e').includes('2')) continue
    pings++
    await raw('POST', `&sid=${answer.sid}`, { body: '3' })
  }
  assert.ok(Date.now() - began >= 600)
  let last
  do last = await raw('GET', `&sid=${answer.sid}`)
  while (last.status === 200 && !last.text.split('\x1e').includes('1'))
  assert.equal((await raw('GET', `&sid=${answer.sid}`)).status, 400)
})

await test('the client comes back after the bridge was away', async () => {
  const socket = await connected('/echo', { reconnection: true, reconnectionDelay: 100, reconnectionDelayMax: 200 })
  const gone = next(socket, 'disconnect')
  const back = gone.then(() => next(socket, 'connect'))
  await restartBridge()
  await back
  assert.deepEqual(await socket.emitWithAck('echo', { text: 'back' }), { echo: 'back' })
  await closeAll()
})

await hub.close()
finish()
