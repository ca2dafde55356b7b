// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// One ticking second for everything that ages, still while the page is hidden; and the difference
// between this device's clock and the machine's.
import { shallowRef } from 'vue'

export const now = shallowRef(Date.now())
export const visible = shallowRef(!document.hidden)

let timer = null
let offsetMs = 0

function tick() {
  now.value = Date.now()
}

function follow() {
  visible.value = !document.hidden
  clearInterval(timer)
  timer = null
  if (visible.value) {
    tick()
    timer = setInterval(tick, 1000)
  }
}

document.addEventListener('visibilitychange', follow)
follow()

export function setServerTime(timeMs) {
  offsetMs = timeMs ? timeMs - Date.now() : 0
}

export const serverNow = () => Date.now() + offsetMs
export const toLocalMs = (serverMs) => serverMs - offsetMs
