// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// What the cards share that read a safe method: the request, its answer and the state.
import { useCatalog } from '../stores/catalog.js'
import { useConnection } from '../stores/connection.js'
import { useRows } from '../stores/rows.js'
import { useCardStatus } from './status.js'

const RUNNING = ['ready', 'draining']

// wanted: 'array' or 'object', the one out argument of the method that is of that kind.
export function useRowsCard(card, wanted, isEmpty, emptyText) {
  const catalog = useCatalog()
  const connection = useConnection()

  function pick(reply) {
    const values = Object.values(reply)
    if (wanted === 'array') return values.find(Array.isArray) ?? []
    return values.find((v) => v && typeof v === 'object' && !Array.isArray(v)) ?? reply
  }

  const rows = useRows({
    type: `${card.module}.${card.rows}`,
    refresh: card.refresh,
    pick,
    enabled: () =>
      Boolean(card.rows) &&
      connection.allows(card.access) &&
      RUNNING.includes(catalog.modules.get(card.module)?.state ?? 'ready')
  })

  const status = useCardStatus(
    () => card,
    () => ({
      hasData: rows.data.value !== null && !isEmpty(rows.data.value),
      timeMs: 0,
      askedAtMs: rows.data.value !== null ? 1 : 0,
      error: rows.error.value,
      emptyText
    })
  )

  return { ...rows, status }
}
