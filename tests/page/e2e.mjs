// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The page in Chromium against the test bridge: e2e.mjs DIST. Prints TAP.
import assert from 'node:assert/strict'
import { TestBridge } from './bridge.mjs'
import { PHONE, UNKNOWN_SESSION, UNREACHABLE } from './browser.mjs'
import { finish, go, test as testWith } from './tap.mjs'

const [dist] = process.argv.slice(2)
const UPDATES = 10000
const HEAP_GROWTH_BYTES = 3e6

async function start() {
  const bridge = new TestBridge({ dist, intervalMs: 200 })
  await bridge.listen()
  return { bridge, close: () => bridge.close() }
}

const test = (name, body, options) => testWith(name, start, body, options)

async function signIn({ bridge, page }) {
  await page.goto(`${bridge.address}#s=${bridge.secret}`)
  await page.locator('.card.kind-stat.is-live').first().waitFor()
}

await test('a secret signs in and leaves the address', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  assert.equal(new URL(page.url()).hash, '')
  await page.reload()
  await page.locator('.card.is-live').first().waitFor()
})

await test('without a session the page says how to get an address', async ({ bridge, page }) => {
  await page.goto(bridge.address)
  await page.getByText('binnacle open').waitFor()
  await page.goto(`${bridge.address}#s=wrong`)
  await page.getByText('The secret is used up or too old').waitFor()
}, { expected: [UNKNOWN_SESSION] })

await test('a lost server leaves values stale, then live, without a reload', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  await go(page, 'm/system_info')
  await page.locator('.kind-chart.is-live').first().waitFor()
  await page.evaluate(() => {
    window.notReloaded = true
    document.querySelector('main').scrollTop = 300
  })
  const { port } = bridge
  await bridge.kill()
  await page.locator('.connection-bar').waitFor()
  await page.locator('.kind-stat.is-stale .as-of').first().waitFor()
  assert.match(await page.locator('.kind-stat .figure').first().textContent(), /%$/)
  await bridge.listen(port)
  await page.getByRole('button', { name: 'Try now' }).click({ timeout: 2000 }).catch(() => {})
  await page.locator('.connection-bar').waitFor({ state: 'detached' })
  await page.locator('.kind-stat.is-live').first().waitFor()
  assert.equal(await page.evaluate(() => window.notReloaded), true)
  assert.equal(await page.evaluate(() => document.querySelector('main').scrollTop), 300)
}, { expected: [UNREACHABLE] })

await test('an action that destroys asks, naming its object', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  await go(page, 'm/services')
  await page.getByRole('button', { name: 'Stop dbus.service' }).click()
  const question = page.getByRole('alertdialog', { name: 'Stop “dbus.service”?' })
  await question.getByRole('button', { name: 'Cancel' }).click()
  assert.equal(bridge.requests.some(({ type }) => type === 'services.stop_unit'), false)
  await page.getByRole('button', { name: 'Stop dbus.service' }).click()
  await question.getByRole('button', { name: 'Stop' }).click()
  await page.getByRole('row', { name: /dbus\.service/ }).getByText('inactive').waitFor()
  assert.deepEqual(bridge.requests.find(({ type }) => type === 'services.stop_unit').payload, { name: 'dbus.service' })
})

await test('every view works and only what is seen is subscribed', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  await go(page, 'workers')
  await page.getByText('The target /mnt/backup is not mounted').first().waitFor()
  await page.getByRole('heading', { name: 'Workers' }).waitFor()
  assert.equal(bridge.subscriptions.includes('system_info.network'), false)
  await go(page, 'modules')
  await page.getByText('six times within 60 s').waitFor()
  await go(page, 'activity')
  await page.getByRole('heading', { name: 'Activity' }).waitFor()
  bridge.emit('services.unit_changed', { name: 'ssh.service', state: 'failed' })
  await page.getByRole('button', { name: /services\.unit_changed/ }).first().click()
  await page.locator('.payload', { hasText: 'ssh.service' }).waitFor()
  await go(page, 'm/chat')
  await page.getByRole('textbox', { name: 'Message to lobby' }).fill('hello')
  await page.keyboard.press('Enter')
  await page.locator('.message-list', { hasText: 'hello' }).waitFor()
})

await test('keys choose pages and open the shortcuts', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  await page.keyboard.press('2')
  await page.getByRole('heading', { level: 1, name: 'System' }).waitFor()
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
})

await test('charts have a name with their values', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  await page.getByRole('img', { name: /^Processor time: User \d.*%, System .*Axis from 0 to 100%/ }).waitFor()
  await page.getByRole('meter', { name: 'Memory' }).waitFor()
  await page.getByRole('button', { name: 'Show Processor time as a table' }).click()
  await page.getByRole('columnheader', { name: 'User' }).waitFor()
})

await test('nothing is wider than 360 px', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  for (const path of ['overview', 'm/system_info', 'm/services', 'm/chat', 'modules', 'workers', 'activity']) {
    await go(page, path)
    await page.getByRole('heading', { level: 1 }).waitFor()
    assert.ok((await page.evaluate(() => document.querySelector('main').scrollWidth)) <= 360, path)
  }
}, { viewport: PHONE, phone: true })

await test(`the heap is flat over ${UPDATES} updates`, async ({ bridge, page, context }) => {
  await signIn({ bridge, page })
  const session = await context.newCDPSession(page)
  const heap = async () => {
    await session.send('HeapProfiler.collectGarbage')
    return (await session.send('Runtime.getHeapUsage')).usedSize
  }
  const start = Date.now()
  const feed = async (from, to) => {
    for (let i = from; i < to; i++) {
      bridge.tick(start + 1000 * i)
      if (i % 100 === 0) await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)))
    }
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)))
  }
  await feed(0, 1300) // the rings are full
  const before = await heap()
  await feed(1300, UPDATES)
  const growth = (await heap()) - before
  console.log(`# heap after the rings were full ${before} B, growth ${growth} B`)
  assert.ok(growth < HEAP_GROWTH_BYTES, `${growth} B`)
})

await finish()
