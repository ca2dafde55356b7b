// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Tests in Chromium as TAP. A test fails if its page says anything on the console, throws, or breaks
// the Content-Security-Policy.
import assert from 'node:assert/strict'
import { launch, openPage } from './browser.mjs'

let number = 0
let failed = 0

export const browser = await launch()

// start: async, what each test needs besides a page; it has close(). body({ page, context, open,
// ...started }): open() gives another browser's page. options: those of openPage.
export async function test(name, start, body, options) {
  const started = await start()
  const pages = []
  async function open(more) {
    const opened = await openPage(browser, { ...options, ...more })
    pages.push(opened)
    return opened
  }
  number++
  try {
    const { context, page } = await open()
    await body({ page, context, open, ...started })
    for (const opened of pages) {
      assert.deepEqual(opened.problems, [])
      assert.deepEqual(await opened.page.evaluate(() => window.cspViolations), [])
    }
    console.log(`ok ${number} - ${name}`)
  } catch (error) {
    failed++
    console.log(`not ok ${number} - ${name}`)
    const said = pages.flatMap(({ problems }) => problems)
    for (const line of [...String(error.stack).split('\n'), ...said]) console.log(`# ${line}`)
  }
  for (const { context } of pages) await context.close()
  await started.close()
}

export async function finish() {
  console.log(`1..${number}`)
  await browser.close()
  process.exitCode = failed ? 1 : 0
}

export const go = (page, path) => page.evaluate((to) => (window.location.hash = to), `#/${path}`)
