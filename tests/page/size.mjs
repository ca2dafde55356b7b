// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// What the page costs to load, compressed: size.mjs DIST. Prints TAP.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

const INITIAL_BYTES = 85000
const ALL_BYTES = 180000

const [dist] = process.argv.slice(2)
const size = (path) => statSync(join(dist, `${path}.gz`)).size
const index = readFileSync(join(dist, 'index.html'), 'utf8')
const named = [...index.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map((match) => match[1])
const initial = ['index.html', ...named].reduce((sum, path) => sum + size(path), 0)
const all = ['index.html', ...readdirSync(join(dist, 'assets')).filter((name) => /\.(js|css)$/.test(name)).map((name) => `assets/${name}`)].reduce((sum, path) => sum + size(path), 0)

const results = [
  [named.length >= 3, `the document names its files (${named.length})`],
  [initial <= INITIAL_BYTES, `the first download has at most ${INITIAL_BYTES} bytes (${initial})`],
  [all <= ALL_BYTES, `everything has at most ${ALL_BYTES} bytes (${all})`],
  [!/<script>|<style|style="|https?:/.test(index), 'the document has nothing inline or from elsewhere']
]
console.log(`1..${results.length}`)
results.forEach(([good, name], i) => console.log(`${good ? 'ok' : 'not ok'} ${i + 1} - ${name}`))
process.exitCode = results.every(([good]) => good) ? 0 : 1
