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

// What a browser itself says of a server that is not there, or does not know it.
export const UNREACHABLE = /^(WebSocket connection to|Failed to load resource: net::ERR)/
export const UNKNOWN_SESSION = /^Failed to load resource: .* status of 401/

// A page that notes everything which must not happen: whatever is written on the console, unless it
// is one of `expected`, and every breach of the Content-Security-Policy.
export async function openPage(
  browser,
  { viewport = DESKTOP, dark = false, phone = false, locale = 'en-GB', expected = [] } = {}
) {
  const context = await browser.newContext({
    viewport,
    colorScheme: dark ? 'dark' : 'light',
    locale,
    hasTouch: phone,
    isMobile: phone,
    reducedMotion: 'reduce'
  })
  const page = await context.newPage()
  const problems = []
  page.on('console', (message) => {
    const text = message.text()
    if (!expected.some((pattern) => pattern.test(text))) problems.push(`${message.type()}: ${text}`)
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
