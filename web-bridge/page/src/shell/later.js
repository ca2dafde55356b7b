// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Components that the first picture does not need. They are fetched when the page has nothing else
// to do, so that they are there also when the server is not, or has become another version.
import { defineAsyncComponent, h } from 'vue'
import { t } from '../locale/index.js'

const loaders = []

const Failed = {
  render: () =>
    h('p', { class: 'card-message error', role: 'alert' }, [
      t('This part of the page could not be loaded. Reload the page when the server is there.')
    ])
}

export function later(loader) {
  loaders.push(loader)
  return defineAsyncComponent({ loader, errorComponent: Failed, delay: 0 })
}

export function fetchTheRest() {
  const idle = window.requestIdleCallback ?? ((callback) => setTimeout(callback, 1000))
  idle(() => loaders.forEach((loader) => loader().catch(() => {})))
}
