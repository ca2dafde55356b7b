// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// What a person chose, kept in this browser.
import { defineStore } from 'pinia'
import { reactive, watch } from 'vue'
import { chooseUnits } from '../format/units.js'

const KEY = 'binnacle'

// Where temperatures are told in Fahrenheit, as CLDR has it.
const FAHRENHEIT = /-(BS|BZ|KY|PR|PW|US)\b/i

const DEFAULTS = {
  theme: 'auto', // auto, light or dark
  bytes: 'auto', // auto, iec (KiB, MiB) or si (kB, MB)
  temperature: 'auto', // auto, celsius or fahrenheit
  singleKeys: true, // shortcuts without a modifier
  chartMinutes: 5,
  pins: {} // "module.card" -> boolean, where it differs from the manifest
}

function read() {
  try {
    const saved = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    const known = Object.keys(DEFAULTS).filter((key) => typeof saved[key] === typeof DEFAULTS[key])
    return Object.fromEntries(known.map((key) => [key, saved[key]]))
  } catch {
    return {}
  }
}

export const usePreferences = defineStore('preferences', () => {
  const values = reactive({ ...DEFAULTS, ...read() })

  function apply() {
    document.documentElement.dataset.theme = values.theme
    // No language has a custom of its own for the prefixes of bytes: what memory is counted in.
    chooseUnits({
      decimalBytes: values.bytes === 'si',
      fahrenheit:
        values.temperature === 'fahrenheit' ||
        (values.temperature === 'auto' && FAHRENHEIT.test(navigator.language))
    })
  }

  watch(values, () => {
    apply()
    try {
      localStorage.setItem(KEY, JSON.stringify(values))
    } catch {
      // Storage is full or forbidden: the choice holds until the page is closed.
    }
  })
  apply()

  function isPinned(card) {
    return values.pins[card.ref] ?? card.pin ?? false
  }

  function togglePin(card) {
    values.pins[card.ref] = !isPinned(card)
  }

  return { values, isPinned, togglePin }
})
