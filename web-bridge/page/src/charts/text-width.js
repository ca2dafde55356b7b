// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// How wide a label is. To measure it costs as much as to draw a chart, and labels are always the
// same few: they are measured once.

const MOST = 500
const widths = new Map()

export function textWidth(context, font, text) {
  const key = `${font}\n${text}`
  let width = widths.get(key)
  if (width === undefined) {
    context.font = font
    width = context.measureText(text).width
    if (widths.size >= MOST) widths.clear()
    widths.set(key, width)
  }
  return width
}
