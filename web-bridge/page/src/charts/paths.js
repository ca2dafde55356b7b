// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// How uPlot draws a series from a typed array in which NaN is a gap: runs of known values become
// lines; stacked ones are filled down to the series below.

const ISOLATED_PX = 1.5

// below: null for lines, otherwise () => the drawn array under this one, or null for the lowest.
export function seriesPaths(below) {
  return (plot, index, first, last) => {
    const { left, top, width, height } = plot.bbox
    const x = plot.scales.x
    const y = plot.scales.y
    const times = plot.data[0]
    const values = plot.data[index]
    const scaleX = width / (x.max - x.min)
    const scaleY = height / (y.max - y.min)
    const xOf = (i) => left + (times[i] - x.min) * scaleX
    const yOf = (value) => top + height - (value - y.min) * scaleY
    const stroke = new Path2D()
    const fill = below ? new Path2D() : null
    const floor = below?.() ?? null

    // One point before the visible range, so that the line comes in from the edge.
    const from = Math.max(0, first - 1)
    const to = Math.min(times.length - 1, last + 1)
    let i = from
    while (i <= to) {
      if (Number.isNaN(values[i])) {
        i++
        continue
      }
      const begin = i
      stroke.moveTo(xOf(i), yOf(values[i]))
      while (i + 1 <= to && !Number.isNaN(values[i + 1])) {
        i++
        stroke.lineTo(xOf(i), yOf(values[i]))
      }
      if (i === begin) stroke.lineTo(xOf(i) + ISOLATED_PX, yOf(values[i]))
      if (fill) {
        fill.moveTo(xOf(begin), yOf(values[begin]))
        for (let j = begin + 1; j <= i; j++) fill.lineTo(xOf(j), yOf(values[j]))
        for (let j = i; j >= begin; j--) {
          const base = floor && !Number.isNaN(floor[j]) ? floor[j] : 0
          fill.lineTo(xOf(j), yOf(base))
        }
        fill.closePath()
      }
      i++
    }
    return { stroke, fill, clip: null, band: null, gaps: null, flags: 0 }
  }
}
