// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Pictures of every view for people: node screenshots.mjs DIST FOLDER [WIDTHxTHEME ...].
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { TestBridge } from './bridge.mjs'
import { DESKTOP, launch, openPage, PHONE } from './browser.mjs'
import { jobRows } from './machine.mjs'

const [dist, folder, ...only] = process.argv.slice(2)
const VIEWS = ['overview', 'm/system_info', 'm/services', 'm/chat', 'm/backup', 'activity', 'activity/jobs', 'modules', 'workers']
// What a press opens: the view, the button, the name of the picture.
const DIALOGS = [['modules', 'Review… Diary', 'rights'], ['modules', 'History… Backup', 'history'], ['activity/jobs', 'Details Check 214 units', 'job']]
const HISTORY_S = 290

await mkdir(folder, { recursive: true })
const bridge = new TestBridge({ dist })
await bridge.listen()
bridge.jobs = jobRows(Date.now() * 1000)
for (const { id } of bridge.jobs) bridge.logs[id] = 'dbus.service: good\npipewire.service: good\nbackup.service: failed, exit code 3\n'
const browser = await launch()

for (const [name, viewport, phone] of [['desktop', DESKTOP, false], ['phone', PHONE, true]]) {
  for (const dark of [false, true]) {
    const variant = `${name}-${dark ? 'dark' : 'light'}`
    if (only.length && !only.includes(variant)) continue
    const { context, page, problems } = await openPage(browser, { viewport, dark, phone })
    await page.goto(`${bridge.address}#s=${bridge.secret}`)
    await page.waitForSelector('.card.is-live')
    for (const text of ['Is the new disk in?', 'Yes, mounted at /srv since this morning.', 'Then I start the copy now.']) {
      bridge.emit('chat.message', { room: 'lobby', from: text.startsWith('Yes') ? 'ben' : 'ann', text })
    }
    bridge.emit('services.unit_changed', { name: 'backup.service', state: 'failed' })
    for (const view of VIEWS) {
      // A new document has empty rings: the past comes before the present.
      bridge.silent = true
      await page.goto(`${bridge.address}?${view}#/${view}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForTimeout(400)
      bridge.silent = false
      const now = Date.now()
      for (let i = HISTORY_S; i >= 0; i -= 1) bridge.tick(now - 1000 * i)
      await page.waitForSelector('.is-loading', { state: 'detached', timeout: 8000 }).catch(() => {})
      await page.waitForTimeout(400)
      const full = await page.evaluate(() => document.querySelector('main').scrollHeight)
      await page.setViewportSize({ width: viewport.width, height: Math.max(viewport.height, full + 60) })
      await page.waitForTimeout(300)
      await page.screenshot({ path: join(folder, `${variant}-${view.replace('/', '-')}.png`) })
      await page.setViewportSize(viewport)
    }
    for (const [view, button, name] of DIALOGS) {
      await page.goto(`${bridge.address}?${name}#/${view}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)))
      await page.getByRole('button', { name: button }).first().click()
      await page.waitForTimeout(600)
      await page.screenshot({ path: join(folder, `${variant}-${name}.png`) })
    }
    if (problems.length) console.log(variant, problems)
    await context.close()
  }
}
await browser.close()
await bridge.close()
