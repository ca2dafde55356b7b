// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// What a chart draws: at most eight lines, the rest is summed as "other"; stacked or not. The
// buffers are made once and reused with every update.

export const MOST_SERIES = 8
export const OTHER = '\u0000other'

// entries: [{ key, field, label }]; the first ones keep a line of their own, so that a line does not
// change its colour with what was measured when the page was opened.
export function chooseSeries(entries, most = MOST_SERIES) {
  const own = entries.length > most ? most - 1 : entries.length
  return { shown: entries.slice(0, own), rest: entries.slice(own) }
}

export class ChartData {
  #buffers = []
  #stacked

  values = [] // what was measured, one array a series
  drawn = [] // [times, ...]: what is drawn (sums from below when stacked)
  highest = 0
  lowest = 0

  constructor(stacked = false) {
    this.#stacked = stacked
  }

  #buffer(index, length) {
    let buffer = this.#buffers[index]
    if (!buffer || buffer.length < length) {
      buffer = new Float64Array(Math.max(length, 600))
      this.#buffers[index] = buffer
    }
    return buffer.subarray(0, length)
  }

  #sum(ring, entries, index, length) {
    const sum = this.#buffer(index, length).fill(NaN)
    for (const { field, key } of entries) {
      const column = ring.column(field, key)
      if (!column) continue
      for (let i = 0; i < length; i++) {
        if (!Number.isNaN(column[i])) sum[i] = (Number.isNaN(sum[i]) ? 0 : sum[i]) + column[i]
      }
    }
    return sum
  }

  // since: seconds since 1970; what is older does not count for the scale.
  update(ring, { shown, rest }, since) {
    const times = ring.times
    const { length } = times
    this.values.length = 0
    this.drawn.length = 0
    this.drawn.push(times)
    shown.forEach(({ field, key }, index) => {
      const column = ring.column(field, key) ?? this.#buffer(index, length).fill(NaN)
      this.values.push(column)
    })
    if (rest.length) this.values.push(this.#sum(ring, rest, shown.length, length))
    if (this.#stacked) this.#stack(length)
    else this.drawn.push(...this.values)
    this.#measure(times, since)
  }

  #stack(length) {
    let below = null
    this.values.forEach((column, index) => {
      const sum = this.#buffer(MOST_SERIES + 1 + index, length)
      for (let i = 0; i < length; i++) {
        const base = below ? below[i] : 0
        const value = column[i]
        sum[i] = Number.isNaN(value) ? base : (Number.isNaN(base) ? 0 : base) + value
        if (!below && Number.isNaN(value)) sum[i] = NaN
      }
      this.drawn.push(sum)
      below = sum
    })
  }

  #measure(times, since) {
    let highest = 0
    let lowest = 0
    for (let s = 1; s < this.drawn.length; s++) {
      const column = this.drawn[s]
      for (let i = times.length - 1; i >= 0 && times[i] >= since; i--) {
        if (column[i] > highest) highest = column[i]
        if (column[i] < lowest) lowest = column[i]
      }
    }
    this.highest = highest
    this.lowest = lowest
  }
}
