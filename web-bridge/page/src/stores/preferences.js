// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// What a person chose, kept in this browser.
import { defineStore } from 'pinia'
import { reactive, watch } from 'vue'
import { chooseUnits } from '../format/units.js'

const KEY = 'binnacle'

const DEFAULTS = {
  theme: 'auto', // auto, light or dark
  decimalBytes: false,
  fahrenheit: /-(US|LR|MM)\b/i.test(navigator.language),
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
    chooseUnits(values)
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
