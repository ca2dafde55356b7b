// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The arguments of a method as fields of a form, by their D-Bus type.
import { t } from '../locale/index.js'

const INTEGERS = {
  y: [0, 255],
  n: [-32768, 32767],
  q: [0, 65535],
  i: [-2147483648, 2147483647],
  u: [0, 4294967295],
  x: [-(2n ** 63n), 2n ** 63n - 1n],
  t: [0, 2n ** 64n - 1n]
}

export function inputKind(type) {
  if (type === 'b') return 'checkbox'
  if (type in INTEGERS) return 'integer'
  if (type === 'd') return 'number'
  if (type === 'as') return 'lines'
  if (type === 's' || type === 'o' || type === 'g') return 'text'
  return 'json'
}

export function initialValue(type) {
  return type === 'b' ? false : ''
}

function readInteger(text, type) {
  if (!/^[+-]?\d+$/.test(text.trim())) throw new Error(t('A whole number is needed.'))
  const value = BigInt(text.trim().replace(/^\+/, ''))
  const [least, most] = INTEGERS[type]
  if (value < least || value > most) {
    throw new Error(t('A number from {least} to {most} is needed.', { least, most }))
  }
  // Beyond 2^53 a number would lose digits; the hub takes decimal text.
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}

// The value as it goes into the payload; throws an Error whose message stands below the field.
export function readValue(input, type) {
  switch (inputKind(type)) {
    case 'checkbox':
      return Boolean(input)
    case 'integer':
      return readInteger(String(input), type)
    case 'number': {
      const number = Number(String(input).trim().replace(',', '.'))
      if (String(input).trim() === '' || !Number.isFinite(number)) {
        throw new Error(t('A number is needed.'))
      }
      return number
    }
    case 'lines':
      return String(input)
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean)
    case 'json':
      try {
        return JSON.parse(input)
      } catch {
        throw new Error(t('JSON text of the type {type} is needed.', { type }))
      }
    default:
      return String(input)
  }
}

// A row action takes its arguments from the row's fields of the same names; what the row does not
// have is asked for.
export function fromRow(method, row) {
  const payload = {}
  const missing = []
  for (const argument of method.in ?? []) {
    if (row[argument.name] !== undefined && row[argument.name] !== null) {
      payload[argument.name] = row[argument.name]
    } else {
      missing.push(argument)
    }
  }
  return { payload, missing }
}
