// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The page in Chromium against the test bridge: e2e.mjs DIST. Prints TAP.
import assert from 'node:assert/strict'
import { TestBridge } from './bridge.mjs'
import { PHONE, UNKNOWN_SESSION, UNREACHABLE } from './browser.mjs'
import { jobRows } from './machine.mjs'
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
  await page.getByText('binnacle pair').waitFor()
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
  const scrolled = await page.evaluate(() => document.querySelector('main').scrollTop)
  assert.ok(scrolled > 0)
  await page.waitForLoadState('networkidle') // all parts of the page are there
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
  assert.equal(await page.evaluate(() => document.querySelector('main').scrollTop), scrolled)
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

await test('every state of a card says what it is and what can be done', async ({ bridge, page }) => {
  const card = (title) => page.getByRole('region', { name: title, exact: true })
  const inState = (title, state) => card(title).and(page.locator(`.is-${state}`))
  bridge.level = 'observe'
  bridge.silent = true
  await page.goto(`${bridge.address}#s=${bridge.secret}`)
  await inState('Processor', 'loading').waitFor()
  assert.equal(await card('Processor').getAttribute('aria-busy'), 'true')
  const height = async () => (await card('Processor').boundingBox()).height
  const skeleton = await height()
  bridge.silent = false
  await inState('Processor', 'live').waitFor()
  assert.ok(Math.abs((await height()) - skeleton) <= 1, 'the skeleton has the final height')

  await go(page, 'm/services')
  await inState('Environment', 'forbidden').getByText('This needs the level “admin”; you have “observe”.').waitFor()
  await inState('Timers', 'empty').getByText('There is nothing to list.').waitFor()
  const broken = inState('Journal', 'error')
  await broken.getByText(/not in the group systemd-journal/).waitFor()
  const asked = bridge.requests.filter(({ type }) => type === 'services.list_journal').length
  await broken.getByRole('button', { name: 'Try again' }).click()
  await page.getByRole('button', { name: 'Stop dbus.service' }).and(page.locator(':disabled')).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Stop dbus.service' }).getAttribute('title'), 'This needs the level “control”.')
  assert.ok(bridge.requests.filter(({ type }) => type === 'services.list_journal').length > asked)

  await go(page, 'm/backup')
  await inState('Last copy', 'stopped').getByText(/failed too often/).waitFor()
  await card('Last copy').getByText('six times within 60 s').waitFor()
  assert.ok(await card('Last copy').getByRole('button', { name: 'Start again' }).isDisabled())

  await go(page, 'overview')
  await inState('Processor', 'live').waitFor()
  bridge.silent = true
  await inState('Processor', 'stale').getByText(/^As of \d\d:\d\d:\d\d$/).waitFor()
  assert.match(await card('Processor').locator('.figure').textContent(), /%$/)
})

await test('everything can be reached and done with keys', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  const focused = () => page.evaluate(() => document.activeElement.textContent || document.activeElement.ariaLabel)
  await page.keyboard.press('Tab')
  assert.equal(await focused(), 'Skip to the content')
  await page.keyboard.press('Enter')
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main')
  await page.keyboard.press('Control+f')
  const search = page.getByRole('dialog', { name: 'Search' })
  await search.getByRole('combobox').fill('units')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: 'Services' }).waitFor()
  const row = page.getByRole('row', { name: /backup\.service/ })
  await row.focus()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Delete')
  const question = page.getByRole('alertdialog')
  assert.equal(await focused(), 'Cancel')
  await page.keyboard.press('Escape')
  await question.waitFor({ state: 'detached' })
  assert.equal(await page.evaluate(() => document.activeElement.dataset.row !== undefined), true)
  assert.equal(bridge.requests.some(({ type }) => type === 'services.stop_unit'), false)
  await page.keyboard.press('Escape')
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  await page.keyboard.press('Control+,')
  const settings = page.getByRole('dialog', { name: 'Settings' })
  await settings.getByRole('combobox', { name: 'Sizes' }).selectOption('si')
  await settings.getByRole('combobox', { name: 'Appearance' }).selectOption('dark')
  await page.keyboard.press('Escape')
  await page.getByRole('meter', { name: 'Memory' }).and(page.locator('[aria-valuetext*="GB"]')).waitFor()
  await page.reload()
  await page.getByRole('meter', { name: 'Memory' }).and(page.locator('[aria-valuetext*="GB"]')).waitFor()
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).colorScheme), 'dark')
  await go(page, 'workers')
  await page.getByRole('heading', { level: 1, name: 'Workers' }).waitFor()
  await page.keyboard.press('/')
  assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), 'Filter workers')
  await page.keyboard.press('Escape')
  const chart = page.getByRole('img', { name: /^Processor time/ })
  await page.keyboard.press('1')
  await chart.focus()
  await page.keyboard.press('ArrowLeft')
  await page.locator('.legend .at').waitFor()
})

await test('the accessibility tree names what is seen', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  await go(page, 'm/system_info')
  await page.locator('.kind-chart.is-live').first().waitFor()
  const tree = await page.locator('body').ariaSnapshot()
  for (const wanted of [
    '- navigation "Pages"', 'heading "System" [level=1]', '- region "Processor"', '- meter "Memory"', 'img "Cores, 0: Usage ', '- main:',
    '- columnheader "Mounted at"', '- rowheader "/srv/very/long/path/that/does/not/fit/in/a/column/of/the/table"', '- button "Show Network as a table"', '- status'
  ]) assert.ok(tree.includes(wanted), `${wanted} is missing in\n${tree}`)
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll('button, a, input, select, [role=img], [role=meter]')].filter(
      (element) => !(element.ariaLabel || element.textContent.trim() || element.labels?.length || element.title)
    ).length
  )
  assert.equal(nameless, 0)
})

await test('every view works and only what is seen is subscribed', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  await go(page, 'workers')
  await page.getByText('The target /mnt/backup is not mounted').first().waitFor()
  await page.getByRole('heading', { name: 'Workers' }).waitFor()
  assert.equal(bridge.subscriptions.includes('system_info.network'), false)
  await go(page, 'modules')
  await page.locator('.reason', { hasText: 'six times within 60 s' }).waitFor()
  await go(page, 'activity')
  await page.getByRole('heading', { name: 'Activity' }).waitFor()
  bridge.emit('services.unit_changed', { name: 'ssh.service', state: 'failed' })
  await page.getByRole('button', { name: /services\.unit_changed/ }).first().click()
  await page.locator('.payload', { hasText: 'ssh.service' }).waitFor()
  await go(page, 'workers')
  await page.getByRole('heading', { level: 1, name: 'Workers' }).waitFor()
  bridge.emit('services.unit_changed', { name: 'cron.service', state: 'failed' })
  await go(page, 'activity')
  await page.getByRole('button', { name: /services\.unit_changed.*cron\.service/ }).waitFor()
  await go(page, 'm/chat')
  await page.getByRole('textbox', { name: 'Message to lobby' }).fill('hello')
  await page.keyboard.press('Enter')
  await page.locator('.message-list', { hasText: 'hello' }).waitFor()
})

await test('what is written while an answer is awaited is not lost', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  await go(page, 'm/chat')
  const line = page.getByRole('textbox', { name: 'Message to lobby' })
  bridge.holdReplies.add('chat.send')
  const sent = () => bridge.requests.filter(({ type }) => type === 'chat.send').map(({ payload }) => payload.text)
  for (const text of ['first', 'second']) {
    await line.fill(text)
    await line.press('Enter')
    assert.equal(await line.inputValue(), '')
  }
  await line.fill('third, not sent yet')
  while (sent().length < 2) await page.evaluate(() => 0)
  assert.deepEqual(sent(), ['first', 'second'])
  bridge.holdReplies.delete('chat.send')
  await line.press('Enter')
  await page.locator('.message-list', { hasText: 'third, not sent yet' }).waitFor()
  assert.equal(await line.inputValue(), '')
})

await test('a job is seen where it was started, in the header and in its list, to its end', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  assert.equal(bridge.subscriptions.includes('job.progress'), false)
  await go(page, 'm/services')
  await page.getByRole('button', { name: 'Check everything' }).click()
  const strip = page.locator('.card', { hasText: 'Manage' }).getByRole('list', { name: 'Jobs' })
  await strip.getByText('Services · Running').waitFor()
  assert.equal(await strip.getByRole('progressbar').getAttribute('value'), null)
  bridge.setJob(21, { progress: 0.25, message: 'ssh.service' })
  await strip.getByText('Services · ssh.service').waitFor()
  assert.equal(await strip.getByRole('progressbar').getAttribute('value'), '0.25')
  await page.getByRole('link', { name: 'Jobs: Check 214 units 25%' }).click()
  await page.getByRole('heading', { level: 1, name: 'Activity' }).waitFor()
  bridge.logs[21] = 'Prüfe: ssh.service\nPrüfe: cron.service\n'
  await page.getByRole('button', { name: 'Details Check 214 units' }).click()
  const dialog = page.getByRole('dialog', { name: 'Check 214 units' })
  await dialog.getByText('Prüfe: cron.service').waitFor()
  bridge.setJob(21, { state: 'succeeded', progress: 1, finished: Date.now() * 1000, cancellable: false })
  await dialog.getByText('Worst: backup.service').waitFor()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.locator('.notices', { hasText: 'Check 214 units: Done' }).waitFor()
  await page.locator('.jobs-indicator').waitFor({ state: 'detached' })
  assert.equal(bridge.subscriptions.includes('job.progress'), false)
})

await test('a job is cancelled, and one that fails says why until it is closed', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  await go(page, 'm/services')
  await page.getByRole('button', { name: 'Check everything' }).click()
  const strip = page.locator('.card', { hasText: 'Manage' }).getByRole('list', { name: 'Jobs' })
  await strip.getByRole('button', { name: 'Cancel Check 214 units' }).click()
  await strip.getByText('Services · Cancelling…').waitFor()
  bridge.setJob(21, { state: 'failed', error: 'unavailable: The module services ended', finished: Date.now() * 1000, cancellable: false })
  await strip.getByText('Services · Failed: The module services ended').waitFor()
  await strip.getByRole('button', { name: 'Close Check 214 units' }).click()
  await strip.waitFor({ state: 'detached' })
})

await test('jobs are stale while the server is away, and gone with their hub', async ({ bridge, page }) => {
  bridge.jobs = jobRows(Date.now() * 1000)
  await signIn({ bridge, page })
  await page.goto(`${bridge.address}#/activity/jobs`)
  const jobs = page.getByRole('list', { name: 'Jobs' })
  await jobs.getByText('Backup · Failed: The target /mnt/backup is not mounted').waitFor()
  assert.deepEqual(await jobs.locator('.name').allTextContents(), bridge.jobs.map((job) => job.title))
  const { port } = bridge
  await bridge.kill()
  await jobs.locator('.job.is-stale').first().waitFor()
  assert.equal(await jobs.locator('.job.is-stale').count(), 3)
  assert.match(await jobs.locator('.job.is-stale .elapsed').first().textContent(), /^As of /)
  bridge.jobs = []
  await bridge.listen(port)
  await page.getByText('No jobs').waitFor()
}, { expected: [UNREACHABLE] })

await test('what a module asks for is shown before it runs', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  await go(page, 'm/diary')
  await page.getByText('This module waits for you to approve what it asks for.').waitFor()
  await go(page, 'modules')
  await page.getByText('waits for approval').waitFor()
  await page.getByRole('button', { name: 'Review… Diary' }).click()
  const dialog = page.getByRole('alertdialog', { name: 'Let Diary run?' })
  await dialog.getByRole('listitem').first().waitFor()
  assert.deepEqual((await dialog.getByRole('listitem').allTextContents()).map((text) => text.trim()), [
    'read and write ~/Documents/Diary (as before)', 'use the network', 'ask for system_info.*, with the rights of an administrator',
    'talk to session:org.gnome.evolution.* on the bus', 'start programs that are not confined', 'do all that you may do: it is not confined'
  ])
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  assert.equal(bridge.requests.some(({ type }) => type === 'module.approve'), false)
  await page.getByRole('button', { name: 'Review… Diary' }).click()
  await dialog.getByRole('button', { name: 'Approve' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('listitem').filter({ hasText: 'Diary' }).getByText('ready').waitFor()
})

await test('a module tells why it is as it is, and what happened', async ({ bridge, page }) => {
  await signIn({ bridge, page })
  await go(page, 'modules')
  await page.locator('.reason', { hasText: 'Runs the previous version: services.module' }).waitFor()
  const row = page.getByRole('listitem').filter({ hasText: 'Copies of what matters' })
  await row.getByText('Details').click()
  await row.getByRole('button', { name: 'History… Backup' }).click()
  const dialog = page.getByRole('dialog', { name: 'Backup: history' })
  await dialog.getByText('It failed 6 times in 60 s').waitFor()
  assert.deepEqual(await dialog.locator('.badge').allTextContents(), ['quarantined', 'rolled back', 'reloaded', 'refused', 'ready', 'starting'])
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
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
