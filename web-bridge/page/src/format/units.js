// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Values as text, by unit: the rules of client-gtk/widgets/format.c, on tests/fixtures/format.json.
import { shallowReactive } from 'vue'
import { t } from '../locale/index.js'

const NBSP = '\u00a0'
const GROUP = '\u202f'
const UNKNOWN = '-'
const IEC = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB']
const SI = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']
const HERTZ = ['Hz', 'kHz', 'MHz', 'GHz', 'THz']
const PLAIN = ['', 'k', 'M', 'G']

// What a person may choose; stores/preferences.js sets it, and what was written follows at once.
const choice = shallowReactive({ decimalBytes: false, fahrenheit: false })

export function chooseUnits({ decimalBytes, fahrenheit }) {
  choice.decimalBytes = decimalBytes
  choice.fahrenheit = fahrenheit
}

// The integral part grouped from five digits on; never "-0".
function grouped(value, decimals) {
  const text = Math.abs(value).toFixed(decimals)
  const [whole, fraction] = text.split('.')
  const digits = whole.length < 5 ? whole : whole.replace(/\B(?=(\d{3})+$)/g, GROUP)
  const sign = value < 0 && Number(text) !== 0 ? '-' : ''
  return sign + digits + (fraction ? `.${fraction}` : '')
}

const roundTenth = (value) => Math.round(value * 10) / 10

// The rounded value decides the prefix, so that 1023.99 KiB is 1.0 MiB and not 1024 KiB.
function scaled(value, base, prefixes, suffix = '') {
  let magnitude = Math.abs(value)
  let step = 0
  while (step + 1 < prefixes.length && Math.round(magnitude) >= base) {
    magnitude /= base
    step++
  }
  const decimals = step === 0 || roundTenth(magnitude) >= 100 ? 0 : 1
  return grouped(value < 0 ? -magnitude : magnitude, decimals) + NBSP + prefixes[step] + suffix
}

function bytes(value, suffix = '') {
  return choice.decimalBytes ? scaled(value, 1000, SI, suffix) : scaled(value, 1024, IEC, suffix)
}

// One decimal below 10, none above; 9.96 is 10.
function short(value) {
  return grouped(value, value !== 0 && roundTenth(Math.abs(value)) < 10 ? 1 : 0)
}

function twoParts(big, bigUnit, little, littleUnit) {
  const first = `${big}${NBSP}${bigUnit}`
  return little === 0 ? first : `${first} ${little}${NBSP}${littleUnit}`
}

// Two units at most: nobody reads the seconds of a week.
function magnitudeOfSeconds(value) {
  if (value === 0) return `0${NBSP}${t('s')}`
  if (value < 0.0009995) return `${(value * 1e6).toFixed(0)}${NBSP}${t('µs')}`
  if (value < 0.00995) return `${(value * 1e3).toFixed(1)}${NBSP}${t('ms')}`
  if (value < 0.9995) return `${(value * 1e3).toFixed(0)}${NBSP}${t('ms')}`
  if (value < 9.95) return `${value.toFixed(1)}${NBSP}${t('s')}`
  if (value > 1e15) return UNKNOWN
  const whole = Math.round(value)
  if (whole < 60) return `${whole}${NBSP}${t('s')}`
  if (whole < 3600) return twoParts(Math.floor(whole / 60), t('min'), whole % 60, t('s'))
  if (whole < 86400) {
    return twoParts(Math.floor(whole / 3600), t('h'), Math.floor((whole % 3600) / 60), t('min'))
  }
  return twoParts(Math.floor(whole / 86400), t('d'), Math.floor((whole % 86400) / 3600), t('h'))
}

function seconds(value) {
  const text = magnitudeOfSeconds(Math.abs(value))
  return value < 0 ? `-${text}` : text
}

const two = (number) => String(number).padStart(2, '0')

export function clockTime(date) {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

function time(usec) {
  if (usec <= 0 || usec > 2.5e17) return UNKNOWN
  const date = new Date(usec / 1000)
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${clockTime(date)}`
}

function operations(value) {
  return Math.abs(value) < 10000 ? `${short(value)}/s` : scaled(value, 1000, PLAIN, '/s')
}

function count(value) {
  if (Number.isInteger(value)) return grouped(value, 0)
  const magnitude = Math.abs(value)
  return grouped(value, magnitude < 10 ? 2 : magnitude < 100 ? 1 : 0)
}

// An identifier, or a number whose unit is not declared: no grouping.
function plain(value) {
  if (Number.isInteger(value)) return String(value)
  return value.toFixed(Math.abs(value) < 100 ? 2 : 1)
}

function celsius(value) {
  return choice.fahrenheit
    ? `${grouped((value * 9) / 5 + 32, 0)}${NBSP}°F`
    : `${grouped(value, 0)}${NBSP}°C`
}

const FORMATS = {
  bytes: (value) => bytes(value),
  'bytes/s': (value) => bytes(value, '/s'),
  percent: (value) => `${short(value)}%`,
  seconds,
  celsius,
  hertz: (value) => scaled(value, 1000, HERTZ),
  'ops/s': operations,
  rpm: (value) => `${grouped(value, 0)}${NBSP}rpm`,
  watts: (value) => `${grouped(value, Math.abs(value) < 99.95 ? 1 : 0)}${NBSP}W`,
  volts: (value) => `${grouped(value, 2)}${NBSP}V`,
  count,
  time,
  usec: (value) => seconds(value / 1e6),
  ms: (value) => seconds(value / 1e3)
}

export const UNITS = Object.keys(FORMATS)

// A 64-bit integer beyond 2^53 comes as a decimal string.
export function toNumber(value) {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value === 'string' && /^-?\d{16,20}$/.test(value)) return Number(value)
  return null
}

function anything(value) {
  if (value === null || value === undefined || value === '') return UNKNOWN
  if (typeof value === 'boolean') return value ? t('yes') : t('no')
  if (typeof value === 'number') return Number.isFinite(value) ? plain(value) : UNKNOWN
  if (Array.isArray(value)) return value.length ? value.map(anything).join(', ') : UNKNOWN
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value)
}

export function format(value, unit) {
  const write = FORMATS[unit]
  if (!write) return anything(value)
  const number = toNumber(value)
  return number === null ? anything(value) : write(number)
}

// "swap_total" as people write it.
export function words(name) {
  const text = name.replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
