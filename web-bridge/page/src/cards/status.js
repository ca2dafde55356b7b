// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The state of a card, judged in one place: forbidden, stopped, error, loading, empty, stale or live.
// Values never disappear because a connection did: with data the state only stands above them.
import { computed } from 'vue'
import { clockTime } from '../format/units.js'
import { t } from '../locale/index.js'
import { useCatalog } from '../stores/catalog.js'
import { now, toLocalMs } from '../stores/clock.js'
import { useConnection } from '../stores/connection.js'

const STALE_INTERVALS = 3
const SHORTEST_STALE_MS = 5000
const LOADING_MS = 4000
const RUNNING = ['ready', 'draining']
const PASSING = ['backoff', 'starting'] // over in a moment: nothing on the page moves for it

const asOf = (localMs) => t('As of {time}', { time: clockTime(new Date(localMs)) })

// Disabled, because nobody approved it yet.
export const isUnapproved = (row) => row.state === 'disabled' && row.approved === false

function stoppedText(row) {
  if (isUnapproved(row)) return t('This module waits for you to approve what it asks for.')
  const texts = {
    quarantined: t('This module failed too often and was stopped.'),
    backoff: t('This module failed and will be started again shortly.'),
    starting: t('This module is starting.'),
    draining: t('This module is stopping.'),
    disabled: t('This module is disabled.')
  }
  return texts[row.state] ?? t('This module is not running.')
}

// source: () => ({ hasData, timeMs, intervalMs, askedAtMs, error, emptyText, values }); timeMs on the
// server's clock, 0 for what does not age; values: false for a card that shows none.
export function useCardStatus(card, source) {
  const connection = useConnection()
  const catalog = useCatalog()

  return computed(() => {
    const { hasData, timeMs, intervalMs, askedAtMs, error, emptyText, values = true } = source()
    if (!connection.allows(card().access)) {
      return {
        kind: 'forbidden',
        text: t('This needs the level “{level}”; you have “{own}”.', {
          level: card().access,
          own: connection.level
        })
      }
    }
    const row = catalog.modules.get(card().module)
    if (row && !RUNNING.includes(row.state)) {
      const passing = hasData && PASSING.includes(row.state)
      return {
        kind: 'stopped',
        text: passing ? t('Starting again') : stoppedText(row),
        reason: isUnapproved(row) ? '' : row.reason || row.last_error,
        module: row,
        hasData,
        passing
      }
    }
    if (!connection.live && values) {
      return hasData
        ? { kind: 'stale', text: asOf(timeMs ? toLocalMs(timeMs) : connection.lostAt), hasData }
        : { kind: 'loading' }
    }
    if (error) return { kind: 'error', text: error.message, code: error.code, hasData }
    if (!hasData) {
      const waited = now.value - askedAtMs
      return askedAtMs && waited > Math.max(LOADING_MS, 3 * (intervalMs ?? 0))
        ? { kind: 'empty', text: emptyText ?? t('Nothing has been measured yet.') }
        : { kind: 'loading' }
    }
    const age = timeMs ? now.value - toLocalMs(timeMs) : 0
    if (age > Math.max(SHORTEST_STALE_MS, STALE_INTERVALS * intervalMs)) {
      return { kind: 'stale', text: asOf(toLocalMs(timeMs)), hasData }
    }
    return { kind: 'live', hasData }
  })
}
