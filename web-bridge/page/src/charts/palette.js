// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The colours of series as the style sheet has them for light and dark, and a dash for each, so that
// colour is never the only difference.
import { shallowRef } from 'vue'

const COUNT = 8
export const DASHES = [[], [6, 3], [2, 2], [8, 3, 2, 3], [], [6, 3], [2, 2], [8, 3, 2, 3]]

function read() {
  const style = getComputedStyle(document.documentElement)
  const value = (name) => style.getPropertyValue(name).trim()
  return {
    series: Array.from({ length: COUNT }, (_, i) => value(`--series-${i + 1}`)),
    other: value('--series-other'),
    grid: value('--chart-grid'),
    text: value('--text-dim'),
    accent: value('--accent')
  }
}

export const palette = shallowRef(read())

function refresh() {
  palette.value = read()
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', refresh)
matchMedia('(prefers-contrast: more)').addEventListener('change', refresh)
new MutationObserver(refresh).observe(document.documentElement, {
  attributes: true,
  attributeFilter: ['data-theme']
})
