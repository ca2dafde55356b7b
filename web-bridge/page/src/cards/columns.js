// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The columns of tables and details: "name" or "name:as", where as is a unit, badge or meter.
import { format, toNumber, UNITS, words } from '../format/units.js'
import { t } from '../locale/index.js'

const NUMERIC_TYPES = new Set(['y', 'n', 'q', 'i', 'u', 'x', 't', 'd'])

// field(name): what the event says of it ({ unit, label, type }).
export function parseColumn(text, label, field) {
  const colon = text.indexOf(':')
  const name = colon < 0 ? text : text.slice(0, colon)
  const as = colon < 0 ? '' : text.slice(colon + 1)
  const known = field(name) ?? {}
  const unit = UNITS.includes(as) ? as : known.unit
  const meter = as === 'meter'
  return {
    name,
    label: label || known.label || words(name),
    unit: meter ? (unit ?? 'percent') : unit,
    badge: as === 'badge',
    meter,
    number: meter || (unit !== undefined && unit !== 'time') || NUMERIC_TYPES.has(known.type)
  }
}

const GOOD = /^(active|running|ready|up|ok|healthy|online|enabled|loaded|charging|full|yes|true)$/i
const WARNING =
  /^(activating|deactivating|reloading|starting|draining|backoff|paused|restarting|degraded|unapproved|warning)$/i
const BAD =
  /^(failed|error|quarantined|invalid|dead|unhealthy|critical|down|lost|broken|unavailable|crashed)$/i

// What needs attention comes first; a colour is never the only sign, the word stands in the badge.
export function badgeTone(value) {
  const text = String(value)
  if (BAD.test(text)) return 'bad'
  if (WARNING.test(text)) return 'warning'
  return GOOD.test(text) ? 'good' : 'neutral'
}

const STATES = () => ({
  backoff: t('waits after a failure'),
  disabled: t('disabled'),
  draining: t('stopping'),
  failed: t('failed'),
  invalid: t('invalid'),
  quarantined: t('quarantined'),
  ready: t('ready'),
  running: t('running'),
  sleeping: t('sleeping'),
  starting: t('starting'),
  stopped: t('stopped'),
  unapproved: t('waits for approval'),
  unavailable: t('unavailable')
})

// What the hub calls the state of a module or worker, for people.
export const stateName = (state) => STATES()[state] ?? format(state)

export const METER_WARNING = 80
export const METER_CRITICAL = 95

export function meterTone(percent) {
  if (percent >= METER_CRITICAL) return 'bad'
  return percent >= METER_WARNING ? 'warning' : 'accent'
}

const TONE_RANK = { bad: 0, warning: 1, good: 2, neutral: 3, accent: 3 }

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

export function compareValues(a, b) {
  const numberA = typeof a === 'boolean' ? Number(a) : toNumber(a)
  const numberB = typeof b === 'boolean' ? Number(b) : toNumber(b)
  if (numberA !== null && numberB !== null) return numberA - numberB
  if (a === undefined || a === null) return b === undefined || b === null ? 0 : -1
  if (b === undefined || b === null) return 1
  return collator.compare(String(a), String(b))
}

// The order without a choice of the person: bad badges, then the fullest meter, then as it came.
export function worstFirst(columns) {
  const badge = columns.find((column) => column.badge)
  const meter = columns.find((column) => column.meter)
  if (!badge && !meter) return null
  return (a, b) => {
    if (badge) {
      const rank = TONE_RANK[badgeTone(a[badge.name])] - TONE_RANK[badgeTone(b[badge.name])]
      if (rank) return rank
    }
    return meter ? compareValues(b[meter.name], a[meter.name]) : 0
  }
}
