// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Shortcuts. Many browsers keep Ctrl+1...9 for their tabs, so the plain digits choose pages too. Single
// keys do nothing while somebody writes, and can be switched off in the settings. The second Ctrl+F
// is the browser's own.
import { t } from '../locale/index.js'

export const SHORTCUTS = () => [
  { keys: ['1', '…', '9'], text: t('Go to a page, in the order of the sidebar') },
  { keys: ['Ctrl', '1', '…', '9'], text: t('The same, where the browser leaves these keys') },
  { keys: ['/'], or: ['Ctrl', 'F'], text: t('Filter this page, or search everywhere') },
  { keys: ['Ctrl', 'K'], text: t('Search pages and cards') },
  { keys: ['?'], or: ['F1'], text: t('These shortcuts') },
  { keys: ['Ctrl', ','], text: t('Settings') },
  { keys: ['P'], text: t('Pause or go on, in Activity') },
  { keys: ['←', '→'], text: t('Read the values of a focused chart') },
  { keys: ['↑', '↓'], text: t('Move through rows') },
  { keys: ['Del'], text: t('Stop or remove what the row is about, after a question') },
  { keys: ['Esc'], text: t('Close, leave a field, go back') }
]

function isWriting(target) {
  return (
    target.isContentEditable ||
    ['TEXTAREA', 'SELECT'].includes(target.tagName) ||
    (target.tagName === 'INPUT' && !['checkbox', 'radio', 'button'].includes(target.type))
  )
}

// What the view itself can filter; a card's filter is one of many.
function focusFilter() {
  const filter = document.querySelector('main .view-head [data-search]')
  filter?.focus()
  filter?.select()
  return Boolean(filter)
}

function search(handlers) {
  if (!focusFilter()) handlers.search()
}

const COMMANDS = {
  k: (handlers) => handlers.search(),
  f: search,
  ',': (handlers) => handlers.settings()
}

const SINGLE = {
  '/': search,
  '?': (handlers) => handlers.help(),
  ',': (handlers) => handlers.settings(),
  p: (handlers) => handlers.pause(),
  Escape: (handlers) => handlers.back()
}

// What a key does here, or nothing.
function actionOf(event, single) {
  const { key } = event
  if (event.altKey) return null
  if (key === 'F1') return SINGLE['?']
  const choose = /^[1-9]$/.test(key) ? (handlers) => handlers.page(Number(key)) : null
  if (event.ctrlKey || event.metaKey) return choose ?? COMMANDS[key.toLowerCase()]
  if (isWriting(event.target)) {
    return key === 'Escape' ? () => event.target.blur() : null
  }
  return single ? (choose ?? SINGLE[key]) : null
}

// handlers: page(number), search(), help(), settings(), pause(), back(); ready(): may anything be
// done; single(): are single keys on.
export function listenToKeys(handlers) {
  function onKey(event) {
    if (event.defaultPrevented || event.isComposing || !handlers.ready()) return
    if (document.querySelector('dialog[open]')) return
    const action = actionOf(event, handlers.single())
    if (!action) return
    action(handlers)
    event.preventDefault()
  }
  window.addEventListener('keydown', onKey)
  return () => window.removeEventListener('keydown', onKey)
}
