// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The page in Chromium while modules change and misbehave: e2e-faults.mjs BUILD PAGE. Prints TAP.
import assert from 'node:assert/strict'
import { RealHub } from './hub.mjs'
import { finish, go, test as testWith } from './tap.mjs'

const [build, page] = process.argv.slice(2)
const INTERVAL_MS = 1000 // of what system_info measures
const LATE_MS = 500 // of a machine that is busy with other tests

async function start() {
  const hub = new RealHub({ build, page, testModules: ['hostile'] })
  await hub.start()
  const events = await hub.events('module.*', 'hostile.told')
  return {
    hub,
    events,
    async close() {
      events.close()
      await hub.close()
    }
  }
}

const test = (name, body, options) => testWith(name, start, body, options)

const card = (page, title) => page.getByRole('region', { name: title, exact: true })

async function signIn(page, hub, path) {
  await page.goto(await hub.address())
  await page.locator('.card.is-live').first().waitFor()
  await go(page, path)
}

// A document that is loaded anew, or a WebSocket that is opened again, has lost this.
async function mark(page) {
  let sockets = 0
  page.on('websocket', () => sockets++)
  await page.evaluate(() => (window.isTheSame = true))
  return async () => {
    assert.equal(await page.evaluate(() => window.isTheSame), true, 'the page was loaded again')
    assert.equal(sockets, 0, 'the connection was opened again')
  }
}

class Writer {
  sent = []
  #ending = false
  #done

  constructor(page, name) {
    this.line = page.getByRole('textbox', { name: 'Message to lobby' })
    this.log = page.getByRole('log', { name: 'Messages' })
    this.name = name
  }

  // One message after the other, each when the last one has come back.
  begin() {
    this.#done = this.#write()
  }

  async #write() {
    while (!this.#ending) {
      const text = `${this.name} ${this.sent.length}`
      this.sent.push(text)
      await this.line.fill(text)
      await this.line.press('Enter')
      await this.log.getByText(text, { exact: true }).waitFor()
    }
  }

  async end() {
    this.#ending = true
    await this.#done
  }

  async heard() {
    return this.log.locator('p').allTextContents()
  }
}

await test('a module is edited while two browsers chat through it', async ({ hub, events, page, open }) => {
  await signIn(page, hub, 'm/chat')
  const { page: other } = await open()
  await signIn(other, hub, 'm/chat')
  for (const one of [page, other]) await card(one, 'Messages').and(one.locator('.is-live')).waitFor()
  const checks = [await mark(page), await mark(other)]
  const writers = [new Writer(page, 'one'), new Writer(other, 'two')]
  for (const writer of writers) writer.begin()

  let { generation } = await hub.module('chat')
  const edit = async (what, change, options) => {
    const last = generation
    await hub.editProgram('chat', change, options)
    const { swap_usec: swap } = await events.find(
      (event) => event.name === 'chat' && event.result === 'reloaded' && event.generation > last
    )
    generation = (await hub.module('chat')).generation
    console.log(`# ${what}: generation ${generation}, calls waited ${Math.round(swap / 1000)} ms`)
  }
  const source = { good: '' }
  const keep = (change) => (text) => (source.good = change(text))
  await edit('a comment', keep((text) => `${text}# edited\n`))
  await edit('saved in place', keep((text) => text.replace('MESSAGES_MAX = 200', 'MESSAGES_MAX = 190')), { inPlace: true })
  const first = events.length
  await hub.editProgram('chat', (text) => text.replace('class Chat(Module):', 'class Chat(Module:'))
  const refused = await events.find(
    (event) => event.name === 'chat' && event.result === 'refused',
    first
  )
  console.log(`# a broken save: ${refused.reason}`)
  assert.equal((await hub.module('chat')).state, 'ready')
  const [before] = writers.map(({ sent }) => sent.length)
  await edit('repaired', keep(() => `${source.good}# repaired\n`))
  await edit('once more', keep((text) => text.replace('MESSAGES_MAX = 190', 'MESSAGES_MAX = 180')))

  for (const writer of writers) await writer.end()
  const sent = writers.flatMap((writer) => writer.sent)
  assert.ok(writers[0].sent.length > before, 'it went on after the broken save')
  for (const writer of writers) {
    for (const text of sent) await writer.log.getByText(text, { exact: true }).waitFor()
  }
  const [heard, heardToo] = [await writers[0].heard(), await writers[1].heard()]
  console.log(`# ${sent.length} messages were sent, each page heard ${heard.length}`)
  assert.deepEqual([...heard].sort(), [...sent].sort(), 'each message once')
  assert.deepEqual(heardToo, heard, 'and in the same order')
  for (const check of checks) await check()
})

// Each in turn, and what it is to come to: "ends" (and is started again), or "told".
const DEEDS = [
  ['segv', 0, 'ends'],
  ['abort', 0, 'ends'],
  ['exit', 0, 'ends'],
  ['close-link', 0, 'ends'],
  ['fill-memory', 1 << 30, 'ends'],
  ['write-disk', 1 << 28, 'ends'],
  ['open', 4096, 'told'],
  ['fork', 100, 'told'],
  ['garbage', 0, 'ends'],
  ['huge-length', 0, 'ends'],
  ['hello-again', 1, 'ends'],
  ['never-read', 1000000000, 'ends'],
  ['flood-samples', 50000, 'told'],
  ['flood-stream', 50000, 'told'],
  ['flood-calls', 50000, 'told'],
  ['flood-events', 20000, 'told'],
  ['wrong-types', 50, 'goes on'],
  ['foreign', 50, 'goes on'],
  ['trespass', 50, 'goes on'],
  ['reply-to-nobody', 50, 'goes on'],
  ['spin', 0, 'hangs']
]

// Every sample of system_info that the page hears: when it came, and how much time was between two.
function watchSamples(page) {
  const times = []
  page.on('websocket', (socket) =>
    socket.on('framereceived', ({ payload }) => {
      const messages = [JSON.parse(payload)].flat()
      if (messages.some(({ type }) => type === 'system_info.cpu')) times.push(performance.now())
    })
  )
  return () => {
    const waits = times.slice(1).map((time, i) => time - times[i])
    return { samples: times.length, longest: Math.round(Math.max(0, ...waits)) }
  }
}

async function commit(hub, events, [deed, amount, comesTo]) {
  const { generation } = await hub.module('hostile')
  const first = events.length
  await hub.command('call', 'hostile.do', `deed=${deed}`, `amount=${amount}`)
  if (comesTo === 'hangs') await hub.command('call', 'hostile.answer', 'how=well', 'number=7').catch(() => {})
  if (comesTo === 'goes on') return hub.command('call', 'hostile.answer', 'how=well', 'number=7')
  if (comesTo === 'told') {
    return events.find(({ text }) => text, first)
  }
  await events.find(({ name, state, generation: now }) => name === 'hostile' && state === 'ready' && now > generation)
  return hub.command('call', 'module.reset_failures', 'name=hostile')
}

await test('a hostile module does everything it can, and every other chart moves on', async ({ hub, events, page }) => {
  const samples = watchSamples(page)
  await signIn(page, hub, 'm/system_info')
  await page.getByRole('img', { name: /^CPU time: / }).waitFor()
  const check = await mark(page)
  const { pid } = await hub.module('system_info')
  for (const deed of DEEDS) {
    await commit(hub, events, deed)
    console.log(`# ${deed[0]}: ${samples().samples} samples so far, longest wait ${samples().longest} ms`)
  }
  const { samples: n, longest } = samples()
  assert.ok(n > 5, `${n} samples`)
  assert.ok(longest <= 2 * INTERVAL_MS + LATE_MS, `${longest} ms`)
  assert.equal((await hub.module('system_info')).pid, pid)
  await check()
})

await finish()
