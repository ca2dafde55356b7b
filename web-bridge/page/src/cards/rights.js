// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// What a module asks for, in words.
import { t } from '../locale/index.js'

// One right as half a sentence; those with a value name it.
export function rightText({ kind, value = '' }) {
  if (kind === 'requests' && value === '*') {
    return t('ask for everything, with the rights of an administrator')
  }
  const texts = {
    network: () => t('use the network'),
    read_files: () => t('read {what}', { what: value }),
    files: () => t('read and write {what}', { what: value }),
    requests: () => t('ask for {what}, with the rights of an administrator', { what: value }),
    talk: () => t('talk to {what} on the bus', { what: value }),
    launch: () => t('start programs that are not confined'),
    unconfined: () => t('do all that you may do: it is not confined')
  }
  return texts[kind]?.() ?? `${kind} ${value}`.trim() // of a newer hub
}
