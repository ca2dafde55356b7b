// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Shortcuts. A browser keeps Ctrl+1...9 for its tabs, so here the plain digits choose pages; single
// keys do nothing while somebody writes, and can be switched off in the settings.
import { t } from '../locale/index.js'

export const SHORTCUTS = () => [
  { keys: ['1', '…', '9'], text: t('Go to a page, in the order of the sidebar') },
  { keys: ['/'], text: t('Filter this page, or search everywhere') },
  { keys: ['Ctrl', 'K'], text: t('Search pages and cards') },
  { keys: ['?'], text: t('These shortcuts') },
  { keys: [','], text: t('Settings') },
  { keys: ['P'], text: t('Pause or go on, in Activity') },
  { keys: ['←', '→'], text: t('Read the values of a focused chart') },
  { keys: ['↑', '↓'], text: t('Move through rows') },
  { keys: ['Esc'], text: t('Close, clear, go back') }
]

function isWriting(target) {
  return (
    target.isContentEditable ||
    ['TEXTAREA', 'SELECT'].includes(target.tagName) ||
    (target.tagName === 'INPUT' && !['checkbox', 'radio', 'button'].includes(target.type))
  )
}

function focusFilter() {
  const filter = document.querySelector('main [data-search]')
  filter?.focus()
  filter?.select()
  return Boolean(filter)
}

// handlers: page(number), search(), help(), settings(), pause(); single(): are single keys on.
export function listenToKeys(handlers) {
  function onKey(event) {
    if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return
    const { key } = event
    if (key === 'F1' || ((event.ctrlKey || event.metaKey) && key.toLowerCase() === 'k')) {
      if (key === 'F1') handlers.help()
      else handlers.search()
      event.preventDefault()
      return
    }
    if (isWriting(event.target)) {
      if (key === 'Escape') event.target.blur()
      return
    }
    if (event.ctrlKey || event.altKey || event.metaKey || !handlers.single()) return
    if (/^[1-9]$/.test(key)) handlers.page(Number(key))
    else if (key === '/') focusFilter() || handlers.search()
    else if (key === '?') handlers.help()
    else if (key === ',') handlers.settings()
    else if (key === 'p') handlers.pause()
    else return
    event.preventDefault()
  }
  window.addEventListener('keydown', onKey)
  return () => window.removeEventListener('keydown', onKey)
}
