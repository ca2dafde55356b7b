// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Devices in Chromium against the real hub: pairing, a network that goes and comes, what a device may
// not do, step-up: e2e-devices.mjs BUILD PAGE. Prints TAP.
import assert from 'node:assert/strict'
import { PHONE, UNKNOWN_SESSION, UNREACHABLE } from './browser.mjs'
import { Network, RealHub } from './hub.mjs'
import { finish, go, test as testWith } from './tap.mjs'

const [build, page] = process.argv.slice(2)
// In the long form the network stays away until the page notices by itself, by the silence.
const LONG = process.env.BINNACLE_LONG === '1'
const SILENCE_MS = 60000

async function start() {
  const hub = new RealHub({ build, page })
  await hub.start()
  const network = new Network(hub.port)
  await network.start()
  await hub.endBridge()
  await hub.startBridge([`127.0.0.1:${network.port}`])
  return {
    hub,
    network,
    async close() {
      network.close()
      await hub.close()
    }
  }
}

const test = (name, body, options) => testWith(name, start, body, options)
const phone = { viewport: PHONE, phone: true, expected: [UNKNOWN_SESSION, UNREACHABLE] }

async function pairByCode(page, code, port) {
  await page.goto(`http://127.0.0.1:${port}/`)
  await page.getByLabel('Code', { exact: true }).fill(code)
  await page.getByLabel('Name of this device').fill('A phone')
  await page.getByRole('button', { name: 'Pair', exact: true }).click()
  await page.locator('.card.is-live').first().waitFor()
}

// The event with that text in the list of the page Activity.
const shown = (page, text) => page.locator('main').getByText(new RegExp(`text.*\\b${text}\\b`))

const level = (page) => page.locator('.boxed .badge').first()

await test('who is not paired sees nothing', async ({ hub, page, network }) => {
  const heard = []
  page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(payload)))
  await page.goto(`http://127.0.0.1:${network.port}/`)
  await page.getByRole('heading', { name: 'This browser is not paired' }).waitFor()
  await go(page, 'modules')
  await go(page, 'devices')
  assert.equal(await page.locator('.card, .boxed').count(), 0)
  assert.deepEqual(heard, [])
  await page.getByLabel('Code', { exact: true }).fill('abc')
  await page.getByRole('button', { name: 'Pair', exact: true }).click()
  await page.getByText('A code has eight letters').waitFor()
  const code = await hub.invite('observe')
  const wrong = (code[0] === 'B' ? 'C' : 'B') + code.slice(1)
  await page.getByLabel('Code', { exact: true }).fill(wrong)
  await page.getByRole('button', { name: 'Pair', exact: true }).click()
  await page.getByText('That code is not known').waitFor()
  assert.deepEqual((await hub.command('devices')), [])
}, phone)

await test('a phone pairs, loses its network, and misses nothing', async ({ hub, network, page }) => {
  await pairByCode(page, (await hub.invite('control')).toLowerCase(), network.port)
  await page.evaluate(() => (window.isTheSame = true))
  await go(page, 'activity')
  await hub.command('emit', 'user.test', 'text=before')
  await shown(page, 'before').first().waitFor()
  const scrolled = await page.evaluate(() => document.querySelector('main').scrollTop)

  network.cut()
  const texts = ['one', 'two', 'three'].map((word) => `lost ${word}`)
  for (const text of texts) await hub.command('emit', 'user.test', `text=${text}`)
  if (LONG) {
    const began = Date.now()
    await page.locator('.connection-bar').waitFor({ timeout: SILENCE_MS })
    console.log(`# the page noticed after ${Math.round((Date.now() - began) / 1000)} s`)
  }
  network.mend()
  for (const text of texts) await shown(page, text).first().waitFor()
  await hub.command('emit', 'user.test', 'text=after')
  await shown(page, 'after').first().waitFor()
  for (const text of ['before', ...texts, 'after']) {
    assert.equal(await shown(page, text).count(), 1, text)
  }
  assert.equal(await page.evaluate(() => window.isTheSame), true, 'the page was loaded again')
  assert.equal(await page.evaluate(() => document.querySelector('main').scrollTop), scrolled)
}, phone)

await test('a device that may observe changes nothing', async ({ hub, network, page }) => {
  await pairByCode(page, await hub.invite('observe'), network.port)
  for (const path of ['modules', 'workers', 'm/chat', 'activity/jobs']) {
    await go(page, path)
    await page.locator('main h1').waitFor()
    if (path === 'modules' || path === 'workers') await page.locator('.boxed li').first().waitFor()
    const acting = page.locator('.boxed .buttons button, main form button[type=submit]')
    for (const button of await acting.all()) {
      const name = (await button.getAttribute('aria-label')) ?? (await button.textContent())
      if (/History|Details|Review/.test(name)) continue
      assert.equal(await button.isDisabled(), true, `${path}: ${name}`)
    }
  }
  await go(page, 'devices')
  await page.getByText('To see the others needs the level').waitFor()
  assert.equal(await page.getByRole('button', { name: /Revoke|Change/ }).count(), 0)
}, phone)

await test('somebody at the machine lets a device do more', async ({ hub, network, page }) => {
  await pairByCode(page, await hub.invite('observe'), network.port)
  await go(page, 'devices')
  assert.equal(await level(page).textContent(), 'observe')
  await page.getByRole('button', { name: 'Ask for more…' }).click()
  const number = await page.locator('.step-up-number').textContent()
  const [{ confirmations }] = await hub.command('call', 'access.list_confirmations')
  assert.equal(String(confirmations[0].number), number)
  assert.equal(confirmations[0].device, 'A phone')
  await hub.command('access', 'confirm', String(confirmations[0].id))
  await page.locator('.elevation-bar', { hasText: 'This device may “control” for' }).waitFor()
  assert.equal(await page.locator('.step-up-number').count(), 0)
  assert.equal(await level(page).textContent(), 'control')
}, phone)

await test('an admin sees the devices and puts one out', async ({ hub, network, page, open }) => {
  await pairByCode(page, await hub.invite('admin'), network.port)
  const { page: other } = await open()
  await pairByCode(other, await hub.invite('control'), network.port)
  await go(page, 'devices')
  await page.getByRole('button', { name: /^Revoke/ }).nth(1).waitFor()
  assert.equal(await page.getByRole('button', { name: /^Revoke/ }).count(), 2)
  const row = page.locator('.boxed li', { hasText: 'control' }).filter({ hasText: 'Revoke' })
  await row.getByRole('button', { name: /^Change/ }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Tablet')
  await page.getByRole('dialog').getByRole('button', { name: 'Change' }).click()
  await page.getByText('Tablet').first().waitFor()
  await page.getByRole('button', { name: 'Revoke Tablet' }).click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click()
  await other.getByRole('heading', { name: 'This browser is not paired' }).waitFor()
  await page.getByText('Tablet').first().waitFor({ state: 'detached' })
}, { expected: [UNKNOWN_SESSION, UNREACHABLE] })

await finish()
