// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The rows of a table: joined with the samples of the same key, filtered, and in a calm order: they
// keep their place while somebody is on them and are sorted again at most every two seconds.
import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { format } from '../format/units.js'
import { compareValues, worstFirst } from './columns.js'

const SORT_EVERY_MS = 2000

// rows: null or an array; latest: Map key -> { payload }; a row of either side may stand alone only
// where there is no method that lists them.
export function joinRows(rows, latest, keyField) {
  if (!rows) return [...(latest?.values() ?? [])].map(({ payload }) => payload)
  if (!latest || !keyField) return rows
  return rows.map((row) => {
    const sample = latest.get(String(row[keyField] ?? ''))
    return sample ? { ...sample.payload, ...row } : row
  })
}

export function filterRows(rows, columns, text) {
  const wanted = text.trim().toLowerCase()
  if (!wanted) return rows
  return rows.filter((row) =>
    columns.some(({ name, unit }) => format(row[name], unit).toLowerCase().includes(wanted))
  )
}

// Keeps `rows` in the order of `ids`; new ones come last, as they come.
export function keepOrder(rows, ids, idOf) {
  const place = new Map(ids.map((id, i) => [id, i]))
  return [...rows].sort(
    (a, b) => (place.get(idOf(a)) ?? ids.length) - (place.get(idOf(b)) ?? ids.length)
  )
}

export function useCalmOrder({ rows, columns, idOf, held }) {
  const sort = ref(null) // { name, descending }, the person's choice
  const ordered = shallowRef([])
  let sortedAt = 0
  let timer = null

  const compare = computed(() => {
    if (!sort.value) return worstFirst(columns.value)
    const { name, descending } = sort.value
    return (a, b) => (descending ? -1 : 1) * compareValues(a[name], b[name])
  })

  function arrange(now) {
    clearTimeout(timer)
    timer = null
    const wait = sortedAt + SORT_EVERY_MS - Date.now()
    if (!now && ordered.value.length && (held.value || wait > 0)) {
      ordered.value = keepOrder(rows.value, ordered.value.map(idOf), idOf)
      if (!held.value) timer = setTimeout(() => arrange(true), wait)
      return
    }
    sortedAt = Date.now()
    ordered.value = compare.value ? [...rows.value].sort(compare.value) : rows.value
  }

  watch(rows, () => arrange(false), { immediate: true })
  watch(sort, () => arrange(true))
  watch(held, (value) => value || arrange(false))
  onScopeDispose(() => clearTimeout(timer))

  function sortBy(column) {
    const same = sort.value?.name === column.name
    sort.value =
      same && sort.value.descending !== column.number
        ? null
        : { name: column.name, descending: same ? !sort.value.descending : column.number }
  }

  return { ordered, sort, sortBy }
}
