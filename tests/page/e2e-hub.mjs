// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The page in Chromium against the real hub, modules and bridge: e2e-hub.mjs BUILD PAGE. Prints TAP.
import assert from 'node:assert/strict'
import { UNKNOWN_SESSION, UNREACHABLE } from './browser.mjs'
import { RealHub } from './hub.mjs'
import { finish, go, test as testWith } from './tap.mjs'

const [build, page] = process.argv.slice(2)
const PATIENCE_MS = 20000
const HEALED_MS = 3000 // about a second, on a machine that is busy with other tests

async function start() {
  const hub = new RealHub({ build, page })
  await hub.start()
  return { hub, close: () => hub.close() }
}

const test = (name, body, options) => testWith(name, start, body, options)

async function signIn(page, hub, path = 'overview') {
  await page.goto(await hub.address())
  await page.locator('.card.is-live').first().waitFor()
  await go(page, path)
}

const card = (page, title) => page.getByRole('region', { name: title, exact: true })

// Playwright's own waitForFunction needs eval, which the page forbids.
async function within(promise, what) {
  let timer
  const late = new Promise((resolve, reject) => {
    timer = setTimeout(async () => reject(new Error(`Waited in vain for ${await what()}`)), PATIENCE_MS)
  })
  try {
    await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

// Everything that a card was from now on, with the time, and whether the document is still the same.
async function watchCard(page, title) {
  await card(page, title).and(page.locator('.is-live')).waitFor()
  await page.evaluate((name) => {
    const element = [...document.querySelectorAll('section.card')].find(
      (section) => section.querySelector('h3').textContent === name
    )
    window.seen = []
    const note = () => {
      const state = /is-(\w+)/.exec(element.className)[1]
      if (window.seen.at(-1)?.state === state) return
      const text = element.querySelector('.card-message, .as-of')?.textContent ?? ''
      const figure = element.querySelector('.figure')?.textContent ?? ''
      const height = element.offsetHeight
      window.seen.push({ state, text, figure, height, time: performance.now() })
    }
    note()
    new MutationObserver(note).observe(element, { subtree: true, childList: true, attributes: true })
  }, title)
}

const seen = (page) => page.evaluate(() => window.seen)

async function seenState(page, wanted) {
  const found = page.evaluate(
    (states) =>
      new Promise((resolve) => {
        const look = () => {
          const left = [...states]
          for (const { state } of window.seen) if (state === left[0]) left.shift()
          if (left.length === 0) resolve()
        }
        new MutationObserver(look).observe(document.body, {
          subtree: true,
          childList: true,
          attributes: true,
          characterData: true
        })
        look()
      }),
    wanted
  )
  await within(found, async () => `${wanted.join(', ')}; seen: ${JSON.stringify(await seen(page))}`)
  return seen(page)
}

// What a field shows changes by itself.
async function changes(locator) {
  const changed = locator.evaluate(
    (element) =>
      new Promise((resolve) => {
        const before = element.textContent
        const options = { subtree: true, childList: true, characterData: true }
        new MutationObserver(() => element.textContent !== before && resolve()).observe(element, options)
      })
  )
  await within(changed, async () => `a change of “${await locator.textContent()}”`)
}

// The newest row of a chart's table has its time, which goes on with every sample.
async function isMeasured(page) {
  const memory = card(page, 'Memory use')
  const table = memory.getByRole('button', { name: 'Show Memory use as a table' })
  if ((await table.getAttribute('aria-pressed')) === 'false') await table.click()
  await changes(memory.locator('tbody'))
}

// Resolves when the bridge told this page something.
function heard(page, type, wanted) {
  return new Promise((resolve) => {
    page.on('websocket', (socket) => socket.on('framereceived', look))
    function look({ payload }) {
      const messages = [JSON.parse(payload)].flat()
      if (messages.some((message) => message.type === type && wanted(message.payload))) resolve()
    }
  })
}

await test('the printed address signs one browser in, once', async ({ hub, page, context, open }) => {
  const address = await hub.address()
  await page.goto(address)
  await card(page, 'CPU').and(page.locator('.is-live')).waitFor()
  assert.equal(new URL(page.url()).hash, '')
  const [cookie] = await context.cookies()
  assert.equal(cookie.httpOnly, true)
  assert.equal(cookie.sameSite, 'Strict')
  await page.reload()
  await card(page, 'CPU').and(page.locator('.is-live')).waitFor()
  const second = await open({ expected: [UNKNOWN_SESSION] })
  await second.page.goto(address)
  await second.page.getByRole('alert').waitFor()
  await second.page.getByText('binnacle pair', { exact: true }).waitFor()
})

await test('System shows this machine, live', async ({ hub, page }) => {
  await signIn(page, hub, 'm/system_info')
  const [{ identity }] = await hub.command('call', 'system_info.identity')
  const details = card(page, 'This machine')
  await details.getByText(identity.kernel, { exact: true }).waitFor()
  await page.locator('.machine .host').getByText(identity.hostname, { exact: true }).waitFor()
  await card(page, 'CPU').getByRole('meter', { name: 'CPU' }).waitFor()
  assert.match(await card(page, 'Memory').locator('.figure').textContent(), /^\d.*iB$/)
  assert.match(await card(page, 'Memory').locator('.of').textContent(), /^\d.*% of \d.*iB$/)
  await card(page, 'File systems').getByRole('row', { name: /^\// }).first().waitFor()
  await page.getByRole('img', { name: /^CPU time: User \d.*%, System \d.*%.*Axis from 0 to 100%/ }).waitFor()
  await isMeasured(page)
})

await test('a German sees all of it in German', async ({ hub, page }) => {
  await signIn(page, hub, 'm/system_info')
  await card(page, 'Speicher').and(page.locator('.is-live')).waitFor()
  await page.getByRole('link', { name: 'Überblick' }).waitFor()
  await page.getByRole('img', { name: /^CPU-Zeit: .*Achse von 0 bis 100%/ }).waitFor()
}, { locale: 'de-DE' })

await test('two browsers chat', async ({ hub, page, open }) => {
  await signIn(page, hub, 'm/chat')
  const { page: other } = await open()
  await signIn(other, hub, 'm/chat')
  const line = (of) => of.getByRole('textbox', { name: 'Message to lobby' })
  const log = (of) => of.getByRole('log', { name: 'Messages' })
  for (const one of [page, other]) await card(one, 'Messages').and(one.locator('.is-live')).waitFor()
  await line(page).fill('Is the new disk in?')
  await line(page).press('Enter')
  await log(other).getByText('Is the new disk in?').waitFor()
  await line(other).fill('Since this morning.')
  await other.getByRole('button', { name: 'Send' }).click()
  await log(page).getByText('Since this morning.').waitFor()
  assert.deepEqual(await log(page).locator('p').allTextContents(), ['Is the new disk in?', 'Since this morning.'])
  await card(other, 'Rooms').getByRole('row', { name: /^lobby/ }).getByText('2', { exact: true }).waitFor()
  const { page: late } = await open()
  await signIn(late, hub, 'm/chat')
  await log(late).getByText('Since this morning.').waitFor()
  await go(late, 'activity')
  await late.getByRole('button', { name: /chat\.message.*Is the new disk in/ }).waitFor()
})

await test('what was said during a break is there after it, once', async ({ hub, page }) => {
  await signIn(page, hub, 'm/chat')
  await card(page, 'Messages').and(page.locator('.is-live')).waitFor()
  const said = page.getByRole('log').locator('p')
  await hub.command('call', 'chat.send', 'room=lobby', 'text=before')
  await said.getByText('before').waitFor()
  await hub.endBridge('SIGKILL')
  await page.getByText(/Connection lost/).first().waitFor()
  await hub.command('call', 'chat.send', 'room=lobby', 'text=during')
  await hub.startBridge()
  await said.getByText('during').waitFor()
  await hub.command('call', 'chat.send', 'room=lobby', 'text=after')
  await said.getByText('after').waitFor()
  assert.deepEqual(await said.allTextContents(), ['before', 'during', 'after'])
}, { expected: [UNREACHABLE] })

await test('a killed module is seen and heals without a reload', async ({ hub, page }) => {
  await signIn(page, hub, 'm/system_info')
  await watchCard(page, 'Memory')
  const { pid } = await hub.module('system_info')
  process.kill(pid, 'SIGKILL')
  const states = await seenState(page, ['live', 'stopped', 'live'])
  const [, stopped] = states
  const took = Math.round(states.at(-1).time - stopped.time)
  console.log(`# healed ${took} ms after it was seen`)
  assert.match(stopped.text, /^Starting again · /)
  assert.equal(stopped.height, states[0].height, 'nothing moves')
  assert.match(stopped.text, /signal 9|killed/i)
  assert.match(stopped.figure, /^\d.*iB$/, 'the value stays')
  assert.ok(took < HEALED_MS, `${took} ms`)
  assert.notEqual((await hub.module('system_info')).pid, pid)
  await isMeasured(page)
})

await test('a module that fails too often is stopped, says why, and is started by a person', async ({ hub, page }) => {
  const states = { onReady() {} }
  states.quarantined = heard(page, 'module.state_changed', ({ name, state }) => {
    if (name === 'system_info' && state === 'ready') states.onReady()
    return name === 'system_info' && state === 'quarantined'
  })
  await signIn(page, hub, 'm/system_info')
  const uptime = card(page, 'Running for')
  await uptime.and(page.locator('.is-live')).waitFor()
  const kill = async () => process.kill((await hub.module('system_info')).pid, 'SIGKILL')
  states.onReady = kill
  await kill()
  await within(states.quarantined, async () => 'the quarantine')
  await uptime.getByText('This module failed too often and was stopped.').waitFor()
  assert.match(await uptime.locator('.reason').textContent(), /signal 9|killed/i)
  assert.match(await uptime.locator('.figure').textContent(), /\d/, 'the value stays')
  await page.getByRole('link', { name: 'System' }).locator('.icon-warning').waitFor()
  states.onReady = () => {}
  await uptime.getByRole('button', { name: 'Start again' }).click()
  await uptime.and(page.locator('.is-live')).waitFor()
  await isMeasured(page)
})

await test('a new build takes over and nothing is seen of it', async ({ hub, page }) => {
  const before = await hub.module('system_info')
  const replaced = heard(page, 'module.state_changed', ({ name, state, generation }) =>
    name === before.name && state === 'ready' && generation > before.generation)
  await signIn(page, hub, 'm/system_info')
  await watchCard(page, 'Memory')
  await hub.updateProgram('system_info')
  await within(replaced, async () => 'another generation of system_info')
  const after = await hub.module('system_info')
  assert.notEqual(after.pid, before.pid)
  await isMeasured(page)
  assert.deepEqual((await seen(page)).map(({ state }) => state), ['live'])
  await go(page, 'modules')
  await page.getByRole('listitem').filter({ hasText: 'What this machine is' }).getByText('ready').waitFor()
})

await test('a restarted bridge is found again, at the same place', async ({ hub, page }) => {
  await signIn(page, hub, 'm/system_info')
  await watchCard(page, 'Memory')
  await page.evaluate(() => (document.querySelector('main').scrollTop = 400))
  await hub.endBridge()
  await page.getByText(/Connection lost/).first().waitFor()
  const stale = (await seenState(page, ['live', 'stale'])).at(-1)
  assert.match(stale.text, /^As of \d\d:\d\d:\d\d$/)
  assert.match(stale.figure, /^\d.*iB$/)
  await hub.startBridge()
  await seenState(page, ['live', 'stale', 'live'])
  assert.equal(await page.evaluate(() => document.querySelector('main').scrollTop), 400)
  await isMeasured(page)
}, { expected: [UNREACHABLE] })

await test('a restarted hub has another epoch and shows how things stand', async ({ hub, page }) => {
  const epochs = new Set()
  const restarted = heard(page, 'system.hello', ({ epoch }) => epoch && epochs.add(epoch).size > 1)
  await signIn(page, hub, 'm/system_info')
  await watchCard(page, 'Memory')
  await hub.endHub()
  await page.locator('.connection-bar').getByText(/^The hub is not running\. Values are of/).waitFor()
  const away = (await seenState(page, ['live', 'stale'])).at(-1)
  assert.match(away.text, /^As of \d\d:\d\d:\d\d$/)
  assert.match(away.figure, /^\d.*iB$/, 'the value stays')
  await hub.startHub()
  await within(restarted, async () => 'another epoch')
  await page.locator('.connection-bar').waitFor({ state: 'detached' })
  await isMeasured(page)
  await go(page, 'm/chat')
  await page.getByRole('textbox', { name: 'Message to lobby' }).fill('Still here')
  await page.keyboard.press('Enter')
  await page.getByRole('log').getByText('Still here').waitFor()
  await go(page, 'modules')
  for (const title of ['Chat', 'System']) await page.getByRole('listitem').filter({ hasText: title }).getByText('ready').waitFor()
})

const module = (page, title) => page.getByRole('listitem').filter({ hasText: title })

// The person's own module, which they let run after they saw what it asks for.
async function approveEcho(page, hub) {
  await hub.installOwn('echo')
  await go(page, 'modules')
  await page.getByRole('button', { name: 'Review… Echo' }).click()
  const dialog = page.getByRole('alertdialog', { name: 'Let Echo run?' })
  await dialog.getByText('ask for everything, with the rights of an administrator').waitFor()
  assert.equal((await hub.module('echo')).state, 'disabled')
  await dialog.getByRole('button', { name: 'Approve' }).click()
  await dialog.waitFor({ state: 'detached' })
  await module(page, 'Echo').getByText('ready').waitFor()
}

async function startJob(hub, title) {
  const options = 'options:={"cancellable":true}'
  const [{ job }] = await hub.command('call', '--detach', 'echo.start_job', `title=${title}`, options)
  return job.split('/').at(-1)
}

const report = (hub, id, progress, message) =>
  hub.command('call', 'echo.report_job', `id=${id}`, `progress=${progress}`, `message=${message}`, `log=${message}`)

await test('a module of the person runs once they approve what it asks for', async ({ hub, page }) => {
  await signIn(page, hub)
  await approveEcho(page, hub)
  assert.equal((await hub.module('echo')).state, 'ready')
  await module(page, 'Echo').getByText('Details').click()
  await page.getByRole('button', { name: 'History… Echo' }).click()
  await page.getByRole('dialog', { name: 'Echo: history' }).getByText('ready').first().waitFor()
})

await test('a job is followed, its log read, and it is cancelled', async ({ hub, page }) => {
  await signIn(page, hub)
  await approveEcho(page, hub)
  const id = await startJob(hub, 'Copying')
  await report(hub, id, 0.4, 'Half of it')
  await page.getByRole('link', { name: 'Jobs: Copying 40%' }).click()
  const jobs = page.getByRole('list', { name: 'Jobs' })
  await jobs.getByText('Echo · Half of it').waitFor()
  await page.getByRole('button', { name: 'Details Copying' }).click()
  const dialog = page.getByRole('dialog', { name: 'Copying' })
  await dialog.locator('.job-log').getByText('Half of it').waitFor()
  await report(hub, id, 0.9, 'Nearly all')
  await dialog.locator('.job-log').getByText('Nearly all').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'Cancel Copying' }).click()
  await jobs.getByText('Echo · Cancelled').waitFor()
  await page.locator('.jobs-indicator').waitFor({ state: 'detached' })
})

await test('a job fails with its module, and is gone with its hub', async ({ hub, page }) => {
  await signIn(page, hub)
  await approveEcho(page, hub)
  await go(page, 'activity/jobs')
  await report(hub, await startJob(hub, 'Sorting'), 0.5, 'Half of it')
  const jobs = page.getByRole('list', { name: 'Jobs' })
  await jobs.getByText('Echo · Half of it').waitFor()
  process.kill((await hub.module('echo')).pid, 'SIGKILL')
  await jobs.getByText(/^Echo · Failed: ./).waitFor()
  await hub.endHub()
  await page.locator('.connection-bar').waitFor()
  await hub.startHub()
  await page.getByText('No jobs').waitFor()
})

await test('the hub shows its own metrics', async ({ hub, page }) => {
  await signIn(page, hub, 'm/hub')
  await card(page, 'Longest wait').and(page.locator('.is-live')).waitFor()
  await card(page, 'Workers').and(page.locator('.is-live')).waitFor()
  await card(page, 'Web bridges').getByRole('row').nth(1).waitFor()
})

await finish()
