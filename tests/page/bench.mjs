// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// What the page costs with 12 charts of 600 points: bench.mjs DIST. Prints a line a figure.
//
// "Script" is JavaScript alone, as the median of the updates: receiving, rings, Vue and drawing.
// "Main thread" is the CPU time of the page's thread for everything, which without a graphics card
// paints the canvases too. What waiting for two frames costs is taken off both.
import { readFileSync } from 'node:fs'
import { TestBridge } from './bridge.mjs'
import { launch, openPage } from './browser.mjs'

const [dist] = process.argv.slice(2)
const CHARTS = 12
const POINTS = 600
const UPDATES = 300
const WARM_UP = 60
const SERIES = ['user', 'system', 'iowait']

const types = Array.from({ length: CHARTS }, (_, i) => `bench.cpu${i}`)
const modules = {
  bench: {
    name: 'bench', version: '1.0', title: 'Bench', summary: 'Twelve charts', group: 'monitor', state: 'ready',
    generation: 1, methods: [], workers: [],
    events: types.map((type) => ({
      name: type.slice(6), type, class: 'sample', access: 'observe',
      fields: SERIES.map((name) => ({ name, type: 'd', unit: 'percent', label: name }))
    })),
    cards: types.map((type, i) => ({
      id: `c${i}`, kind: 'chart', title: `Chart ${i}`, order: i, access: 'observe', event: type, series: SERIES, max: '100'
    }))
  },
  hub: { name: 'hub', version: '1.0', title: 'Hub', events: [], methods: [], workers: [], cards: [] }
}

function measure(type, t) {
  const phase = Number(type.slice(9))
  return [{ payload: Object.fromEntries(SERIES.map((name, i) => [name, 40 + 30 * Math.sin(t / 7 + phase + 2 * i)])) }]
}

const bridge = new TestBridge({ dist, intervalMs: 0, modules, measure })
await bridge.listen()
const browser = await launch()
const { page, context, problems } = await openPage(browser, { viewport: { width: 1280, height: 1900 } })
await page.addInitScript(() => localStorage.setItem('binnacle', JSON.stringify({ chartMinutes: 10 })))
await page.goto(`${bridge.address}#s=${bridge.secret}`)
await page.waitForURL((url) => url.hash === '')
await page.evaluate(() => (window.location.hash = '#/m/bench'))
await page.locator('.card.kind-chart .u-over').nth(CHARTS - 1).waitFor()
const session = await context.newCDPSession(page)
await session.send('Performance.enable')

const frame = () =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
const drawn = (text) =>
  page.evaluate(
    (wanted) =>
      new Promise((done) => {
        const look = () => (document.querySelector('.legend .value').textContent === wanted ? done() : requestAnimationFrame(look))
        look()
      }),
    text
  )

let now = Date.now() - 1000 * POINTS
// Each update is drawn before the next one comes, as once a second.
async function update(wait) {
  now += 1000
  bridge.tick(now)
  if (wait) await frame()
}

for (let i = 0; i < POINTS; i++) await update(false)
await drawn(`${Math.round(measure(types[0], now / 1000)[0].payload.user)}%`)
for (let i = 0; i < WARM_UP; i++) await update(true)

async function metrics() {
  const { metrics: list } = await session.send('Performance.getMetrics')
  return Object.fromEntries(list.map(({ name, value }) => [name, 1000 * value]))
}

// The process of the page is the renderer that has used the most.
async function rendererPid() {
  const whole = await browser.newBrowserCDPSession()
  const { processInfo } = await whole.send('SystemInfo.getProcessInfo')
  const renderers = processInfo.filter(({ type }) => type === 'renderer')
  return renderers.sort((one, other) => other.cpuTime - one.cpuTime)[0].id
}

const pid = await rendererPid()
const threadMs = () => Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6
const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]

async function run(turn) {
  const script = []
  const layout = []
  const from = threadMs()
  for (let i = 0; i < UPDATES; i++) {
    const before = await metrics()
    await turn()
    const after = await metrics()
    script.push(after.ScriptDuration - before.ScriptDuration)
    layout.push(after.LayoutDuration + after.RecalcStyleDuration - before.LayoutDuration - before.RecalcStyleDuration)
  }
  return { script: median(script), layout: median(layout), thread: (threadMs() - from) / UPDATES }
}

const empty = await run(frame)
const full = await run(() => update(true))
const cost = (name) => `${(full[name] - empty[name]).toFixed(2)} ms per update`
console.log(`page: ${CHARTS} charts of ${POINTS} points, script: ${cost('script')}`)
console.log(`page: ${CHARTS} charts of ${POINTS} points, style and layout: ${cost('layout')}`)
console.log(`page: ${CHARTS} charts of ${POINTS} points, CPU of the main thread: ${cost('thread')}`)
if (problems.length) console.log(problems.join('\n'))
await browser.close()
await bridge.close()
process.exitCode = problems.length ? 1 : 0
