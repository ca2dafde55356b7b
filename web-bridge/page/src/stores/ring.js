// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The recent past of one event type: rows of time, one column for each number of each key.
//
// Columns are typed arrays of twice the capacity. Rows are written behind one another, and only when
// the end is reached the younger half moves to the front: a chart always reads one contiguous
// subarray, nothing is allocated per sample, and nothing grows. What is not known is NaN.

export const CAPACITY = 600
export const MOST_COLUMNS = 1024
export const CLOCK_STEP_MS = 10000
const SEPARATOR = '\u0000'

export class SampleRing {
  #capacity
  #start = 0
  #end = 0
  #times
  #columns = new Map()
  #rowOfKey = new Map()
  #intervalMs
  #row = 0

  droppedColumns = 0

  // intervalMs: how often samples are expected; it tells a gap from a slow worker.
  constructor({ intervalMs = 1000, capacity = CAPACITY } = {}) {
    this.#capacity = capacity
    this.#intervalMs = intervalMs
    this.#times = new Float64Array(2 * capacity)
  }

  get length() {
    return this.#end - this.#start
  }

  get columnCount() {
    return this.#columns.size
  }

  // Seconds since 1970, ascending.
  get times() {
    return this.#times.subarray(this.#start, this.#end)
  }

  get lastTimeMs() {
    return this.length ? this.#times[this.#end - 1] * 1000 : 0
  }

  column(field, key = '') {
    return this.#columns.get(key + SEPARATOR + field)?.subarray(this.#start, this.#end) ?? null
  }

  setInterval(intervalMs) {
    this.#intervalMs = intervalMs
  }

  // values: field -> number. Samples of one turn share a row; one from the past is not history.
  add(key, timeMs, values) {
    if (!this.#placeRow(key, timeMs)) return false
    for (const field in values) {
      const column = this.#columnFor(key + SEPARATOR + field)
      if (column) column[this.#end - 1] = values[field]
    }
    this.#rowOfKey.set(key, this.#row)
    return true
  }

  removeKey(key) {
    const prefix = key + SEPARATOR
    for (const name of this.#columns.keys()) {
      if (name.startsWith(prefix)) this.#columns.delete(name)
    }
    this.#rowOfKey.delete(key)
  }

  #placeRow(key, timeMs) {
    if (this.length === 0) {
      this.#append(timeMs)
      return true
    }
    const last = this.lastTimeMs
    const elapsed = timeMs - last
    const open = this.#rowOfKey.get(key) !== this.#row
    if (open && Math.abs(elapsed) < this.#intervalMs / 2) return true
    // The machine's clock was set back: what is later than now is nothing that can be shown.
    if (elapsed < -CLOCK_STEP_MS) this.#clear()
    else if (elapsed <= 0) return false
    else if (elapsed > 2.5 * Math.max(this.#intervalMs, this.#previousStep())) {
      this.#append(last + this.#intervalMs)
    }
    this.#append(timeMs)
    return true
  }

  #clear() {
    this.#start = 0
    this.#end = 0
    this.#columns.clear()
    this.#rowOfKey.clear()
  }

  #previousStep() {
    return this.length < 2 ? 0 : 1000 * (this.#times[this.#end - 1] - this.#times[this.#end - 2])
  }

  #append(timeMs) {
    if (this.#end === 2 * this.#capacity) this.#moveToFront()
    this.#times[this.#end] = timeMs / 1000
    for (const column of this.#columns.values()) column[this.#end] = NaN
    this.#end++
    this.#start = Math.max(0, this.#end - this.#capacity)
    this.#row++
  }

  // Once per `capacity` rows; keys that were silent that long lose their columns.
  #moveToFront() {
    const from = this.#end - this.#capacity + 1
    this.#times.copyWithin(0, from, this.#end)
    for (const [name, column] of this.#columns) {
      column.copyWithin(0, from, this.#end)
      if (column.subarray(0, this.#capacity - 1).every(Number.isNaN)) this.#columns.delete(name)
    }
    this.#end = this.#capacity - 1
    this.#start = 0
  }

  #columnFor(name) {
    let column = this.#columns.get(name)
    if (column) return column
    if (this.#columns.size >= MOST_COLUMNS) {
      this.droppedColumns++
      return null
    }
    column = new Float64Array(2 * this.#capacity).fill(NaN)
    this.#columns.set(name, column)
    return column
  }
}
