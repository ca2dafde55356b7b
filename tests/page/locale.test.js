// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Every text of the page in every language, and none that is no longer used.
import { describe, expect, it } from 'vitest'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as de from '../../web-bridge/page/src/locale/de.js'
import { loadLocale, t, tn } from '../../web-bridge/page/src/locale/index.js'

const SOURCES = fileURLToPath(new URL('../../web-bridge/page/src', import.meta.url))
const TEXT = "'((?:[^'\\\\]|\\\\.)*)'"

// The examples in a comment are not texts.
function code() {
  return readdirSync(SOURCES, { recursive: true })
    .filter((name) => /\.(js|vue)$/.test(name) && !name.startsWith('locale'))
    .map((name) => readFileSync(join(SOURCES, name), 'utf8'))
    .join('\n')
}

function find(name) {
  const pattern = new RegExp(`\\b${name}\\(\\s*${TEXT}`, 'g')
  return [...new Set([...code().matchAll(pattern)].map((match) => match[1]))]
}

const placeholders = (text) => (text.match(/\{\w+\}/g) ?? []).sort()

describe('German', () => {
  it('has every text', () => {
    expect(find('t').length).toBeGreaterThan(100)
    expect(find('t').filter((text) => typeof de.messages[text] !== 'string')).toEqual([])
  })

  it('has both forms of every number', () => {
    expect(find('tn').length).toBeGreaterThan(3)
    expect(find('tn').filter((text) => de.messages[text]?.length !== 2)).toEqual([])
  })

  it('has nothing else', () => {
    const used = new Set([...find('t'), ...find('tn')])
    expect(Object.keys(de.messages).filter((text) => !used.has(text))).toEqual([])
  })

  it('says the same values', () => {
    for (const [text, forms] of Object.entries(de.messages)) {
      for (const form of [forms].flat()) expect(placeholders(form)).toEqual(placeholders(text))
    }
  })
})

describe('the language', () => {
  it('is the first that the viewer and the page both have', async () => {
    globalThis.document = { documentElement: {} }
    expect(await loadLocale(['pl', 'de-AT', 'en'])).toBe('de_AT')
    expect(document.documentElement.lang).toBe('de')
    expect(t('Overview')).toBe('Überblick')
    expect(tn('{count} minute', '{count} minutes', 1)).toBe('1 Minute')
    expect(tn('{count} minute', '{count} minutes', 5)).toBe('5 Minuten')
    delete globalThis.document
  })
})
