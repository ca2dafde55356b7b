// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Chromium for the tests of the page.
import { chromium } from 'playwright-core'

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--js-flags=--expose-gc',
  '--enable-precise-memory-info'
]

export const DESKTOP = { width: 1280, height: 900 }
export const PHONE = { width: 360, height: 740 }

export function launch() {
  const executablePath = process.env.BINNACLE_CHROMIUM ?? '/usr/bin/chromium'
  return chromium.launch({ executablePath, headless: true, args: ARGUMENTS })
}

// A page that notes everything which must not happen.
export async function openPage(browser, { viewport = DESKTOP, dark = false, phone = false } = {}) {
  const context = await browser.newContext({
    viewport,
    colorScheme: dark ? 'dark' : 'light',
    locale: 'en-GB',
    hasTouch: phone,
    isMobile: phone,
    reducedMotion: 'reduce'
  })
  const page = await context.newPage()
  const problems = []
  page.on('console', (message) => {
    // A refused connection is what a lost server looks like; everything else is a fault.
    if (message.type() === 'error' && !/WebSocket|net::ERR|status of 401/.test(message.text())) {
      problems.push(message.text())
    }
  })
  page.on('pageerror', (error) => problems.push(`${error.message}\n${error.stack}`))
  await page.addInitScript(() => {
    window.cspViolations = []
    document.addEventListener('securitypolicyviolation', (event) =>
      window.cspViolations.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`)
    )
  })
  return { context, page, problems }
}
