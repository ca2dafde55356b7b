// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The upper end of a value axis. It grows at once and shrinks late, so that the axis does not dance.

const STEPS = [1, 1.5, 2, 3, 4, 6, 8, 10]
const LEAST_BYTES = 10 // there is no half of a byte to write beside the axis
const SHRINK_BELOW = 0.5 // of the present end
const SHRINK_AFTER = 30 // updates in a row

// The next round number at or above value: 1, 1.5, 2, 3 ... of a power of ten; for bytes of a prefix.
export function roundUp(value, base = 10) {
  if (!(value > 0)) return 1
  const prefix = base === 1024 ? 1024 ** Math.max(0, Math.floor(Math.log2(value) / 10)) : 1
  const rest = value / prefix
  const decade = 10 ** Math.floor(Math.log10(rest))
  const step = STEPS.find((candidate) => candidate * decade >= rest * (1 - 1e-9))
  const round = (step ?? 10) * decade
  return prefix * (base === 1024 && round > 1024 ? 1024 : round)
}

export class AxisEnd {
  #base
  #least
  #low = 0
  end = 0

  constructor(unit) {
    this.#base = unit?.startsWith('bytes') ? 1024 : 10
    this.#least = unit?.startsWith('bytes') ? LEAST_BYTES : 0
  }

  // highest: of what is visible now.
  update(highest) {
    const wanted = Math.max(this.#least, roundUp(highest * 1.05, this.#base))
    if (wanted > this.end) {
      this.end = wanted
      this.#low = 0
    } else if (wanted <= this.end * SHRINK_BELOW) {
      if (++this.#low >= SHRINK_AFTER) {
        this.end = wanted
        this.#low = 0
      }
    } else {
      this.#low = 0
    }
    return this.end
  }
}
