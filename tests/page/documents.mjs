// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// What /api/openapi.json and /api/asyncapi.json promise, replayed against the real bridge:
// documents.mjs BUILD PAGE. Prints TAP.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { Validator } from '@seriousme/openapi-schema-validator'
import Ajv from 'ajv'
import Ajv2020 from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import WebSocket from 'ws'
import { RealHub } from './hub.mjs'
import { finish, test, within } from './plain-tap.mjs'

const require = createRequire(import.meta.url)
const [build, page] = process.argv.slice(2)
const hub = new RealHub({ build, page, testModules: ['echo'] })
await hub.start()
const origin = `http://127.0.0.1:${hub.port}`
const token = await hub.token()

async function ask(path, { method = 'GET', body, headers } = {}) {
  const answer = await fetch(origin + path, {
    method,
    body: body && JSON.stringify(body),
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body && { 'Content-Type': 'application/json' }),
      ...headers
    }
  })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

async function fetchDocument(path) {
  const { status, headers, text } = await ask(path)
  assert.equal(status, 200)
  const again = await ask(path, { headers: { 'If-None-Match': headers.get('ETag') } })
  assert.equal(again.status, 304)
  assert.equal(again.text, '')
  return JSON.parse(text)
}

for (const name of ['echo', 'chat', 'system_info']) await hub.command('call', 'module.load', `name=${name}`)
const openapi = await fetchDocument('/api/openapi.json')
const asyncapi = await fetchDocument('/api/asyncapi.json')
const schemas = new Ajv2020({ strict: false })
addFormats(schemas)
schemas.addSchema(openapi, 'openapi')
schemas.addSchema(asyncapi, 'asyncapi')

const pointer = (...words) => words.map((word) => word.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')

function check(document, path, value, what) {
  const validate = schemas.compile({ $ref: `${document}#/${encodeURI(path)}` })
  assert.ok(validate(value), `${what}: ${JSON.stringify(validate.errors)} in ${JSON.stringify(value)}`)
}

// A response as the operation declares the one of its status.
function checkResponse(path, method, { status, headers, text }) {
  const declared = openapi.paths[path][method].responses
  const type = headers.get('Content-Type').split(';')[0]
  const what = `${method} ${path}: ${status} ${type}`
  if (!declared[status]) {
    assert.equal(type, 'application/problem+json', `${what} ${text}`)
    check('openapi', 'components/schemas/Problem', JSON.parse(text), what)
    assert.equal(JSON.parse(text).status, status)
    return
  }
  assert.ok(declared[status].content[type], what)
  if (type !== 'application/json') return
  check('openapi', pointer('paths', path, method, 'responses', String(status), 'content', type, 'schema'),
        JSON.parse(text), what)
}

function* operations() {
  for (const [path, item] of Object.entries(openapi.paths))
    for (const method of ['get', 'post']) if (item[method]) yield { path, method, operation: item[method] }
}

// What never ends, and what would end the session that asks.
const skipped = new Set(['/api/events', '/api/auth/logout'])

await test('OpenAPI 3.1: the document is valid', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(openapi))
  assert.ok(valid, JSON.stringify(errors))
  assert.equal(openapi.openapi, '3.1.0')
  const ids = [...operations()].map(({ operation }) => operation.operationId)
  assert.equal(new Set(ids).size, ids.length)
  return `${ids.length} operations`
})

await test('AsyncAPI 3.0: the document is valid', () => {
  // The schema has those of JSON Schema in itself.
  const ajv = new Ajv({ strict: false, meta: false, validateSchema: false })
  addFormats(ajv)
  const validate = ajv.compile(require('@asyncapi/specs/schemas/3.0.0.json'))
  assert.ok(validate(asyncapi), JSON.stringify(validate.errors))
  return `${Object.keys(asyncapi.components.messages).length} messages`
})

await test('every method of a module and every request of the hub is in both', async () => {
  const known = new Set()
  for (const name of ['hub', 'echo', 'chat', 'system_info']) {
    const [described] = await hub.command('call', 'module.describe', `name=${name}`)
    for (const { name: own } of described.requests ?? []) known.add(own)
    for (const { name: method } of described.methods ?? []) known.add(`${name}.${method}`)
  }
  assert.ok(known.has('module.list') && known.has('chat.send'), [...known].join())
  for (const type of known) {
    assert.ok(openapi.paths[`/api/${type.replace('.', '/')}`], type)
    assert.ok(asyncapi.components.messages[type], type)
  }
})

await test('each GET without arguments answers as it says', async () => {
  let count = 0
  for (const { path, method, operation } of operations()) {
    const needs = (operation.parameters ?? []).some(({ required }) => required)
    if (method !== 'get' || needs || skipped.has(path)) continue
    checkResponse(path, method, await ask(path))
    count++
  }
  assert.ok(count > 20, `${count}`)
  return `${count} addresses`
})

await test('an argument that is not in the document is refused as it says', async () => {
  let count = 0
  for (const { path, method } of operations()) {
    if (method !== 'post' || skipped.has(path) || path.includes('{')) continue
    const answer = await ask(path, { method: 'POST', body: { no_such_argument: [] } })
    assert.ok(answer.status >= 400 && answer.status < 500, `${path}: ${answer.status} ${answer.text}`)
    checkResponse(path, method, answer)
    count++
  }
  return `${count} addresses`
})

await test('without a token each address that wants one says 401', async () => {
  for (const { path, method, operation } of operations()) {
    if (operation.security?.length === 0 || path.includes('{')) continue
    const body = method === 'post' ? {} : undefined
    const answer = await ask(path, { method: method.toUpperCase(), body, headers: { Authorization: '' } })
    assert.equal(answer.status, 401, `${method} ${path}`)
    checkResponse(path, method, answer)
  }
})

await test('messages on the WebSocket are as the document says', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${hub.port}/ws`, {
    headers: { Authorization: `Bearer ${token}` }
  })
  const seen = new Map()
  const enough = new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', (code) => reject(new Error(`closed: ${code}`)))
    socket.on('message', (data) => {
      try {
        const message = JSON.parse(data)
        if (message.ok !== undefined || message.type.startsWith('system.hello')) return
        assert.ok(asyncapi.components.messages[message.type], message.type)
        check('asyncapi', pointer('components', 'messages', message.type, 'payload'), message, message.type)
        seen.set(message.type, (seen.get(message.type) ?? 0) + 1)
        const kinds = ['system_info.cpu', 'system_info.memory', 'chat.message', 'module.state_changed']
        if (kinds.every((type) => seen.has(type)) && seen.size > 12) resolve()
      } catch (error) {
        reject(error)
      }
    })
  })
  await new Promise((resolve) => socket.once('open', resolve))
  const say = (type, payload) => socket.send(JSON.stringify({ type, payload, id: type }))
  say('websocket.subscribe', { patterns: ['*'] })
  say('chat.message', { text: 'Hello', from: 'ann' })
  say('module.reload', { name: 'echo' })
  await within(20, enough, `those messages came: ${[...seen.keys()]}`)
  socket.close()
  return `${seen.size} types`
})

await hub.close()
finish()
