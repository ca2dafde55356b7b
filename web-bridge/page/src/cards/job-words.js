// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Jobs in words, and in their order.
import { t } from '../locale/index.js'

const OVER = ['succeeded', 'failed', 'cancelled']

export const isOver = (job) => OVER.includes(job.state)

// "timeout: The server is silent" is for programs; people read the sentence.
export const errorText = (job) => (job.error ?? '').replace(/^[a-z_]+: /, '')

// What it does just now, or how it ended.
export function stateText(job) {
  const texts = {
    cancelling: () => t('Cancelling…'),
    succeeded: () => t('Done'),
    cancelled: () => t('Cancelled'),
    failed: () => (errorText(job) ? t('Failed: {reason}', { reason: errorText(job) }) : t('Failed'))
  }
  return texts[job.state]?.() ?? (job.message || t('Running'))
}

export function inOrder(jobs) {
  return [...jobs].sort((a, b) => isOver(a) - isOver(b) || b.id - a.id)
}
