// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The texts of values: the table that both faces share.
import { afterEach, describe, expect, it } from 'vitest'
import { readFileSync } from 'node:fs'
import {
  chooseUnits,
  clockTime,
  format,
  toNumber,
  UNITS,
  words
} from '../../web-bridge/page/src/format/units.js'

const table = JSON.parse(readFileSync(new URL('../fixtures/format.json', import.meta.url)))

describe('the shared table', () => {
  afterEach(() => chooseUnits({ decimalBytes: false, fahrenheit: false }))

  it.each(table)('$unit $value is $text', (row) => {
    chooseUnits({ decimalBytes: row.decimal_bytes ?? false, fahrenheit: row.fahrenheit ?? false })
    expect(format(row.value, row.unit)).toBe(row.text)
  })

  it('covers every unit', () => {
    const covered = new Set(table.map((row) => row.unit))
    expect(UNITS.filter((unit) => !covered.has(unit))).toEqual([])
  })
})

describe('other values', () => {
  it('reads 64-bit integers sent as text', () => {
    expect(toNumber('18446744073709551615')).toBe(18446744073709551615)
    expect(format('9007199254740993', 'bytes')).toBe('8.0\u00a0PiB')
    expect(format('18446744073709551615', null)).toBe('18446744073709551615')
  })

  it('takes no other text for a number', () => {
    expect(toNumber('12')).toBe(null)
    expect(format('unknown', 'bytes')).toBe('unknown')
    expect(format(NaN, 'percent')).toBe('-')
    expect(format(Infinity, null)).toBe('-')
  })

  it('joins lists and shows dictionaries', () => {
    expect(format(['a', 'b'], null)).toBe('a, b')
    expect(format([], null)).toBe('-')
    expect(format({ a: 1 }, null)).toBe('{"a":1}')
  })

  it('makes words of names and a time of day', () => {
    expect(words('swap_total')).toBe('Swap total')
    expect(clockTime(new Date(2026, 10, 23, 2, 4, 31))).toBe('02:04:31')
  })
})
