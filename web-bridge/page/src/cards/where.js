// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The condition under which a card is shown: "FIELD OP VALUE", several joined by ";".

const CLAUSE = /^\s*([a-z][a-z0-9_]*)\s*(!=|<=|>=|=|<|>|exists)\s*(.*?)\s*$/

const COMPARE = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b
}

export function parseWhere(text) {
  const clauses = []
  for (const part of text.split(';')) {
    if (!part.trim()) continue
    const match = CLAUSE.exec(part)
    if (!match) return null
    clauses.push({ field: match[1], operator: match[2], value: match[3] })
  }
  return clauses
}

function holds({ field, operator, value }, payload) {
  const actual = payload[field]
  if (operator === 'exists') return actual !== undefined && actual !== null
  if (actual === undefined || actual === null) return false
  if (typeof actual === 'number') return COMPARE[operator](actual, Number(value))
  return COMPARE[operator](String(actual), value)
}

// payloads: of the event's instances or the rows; one that fulfils every clause is enough.
export function fulfils(text, payloads) {
  if (!text) return true
  const clauses = parseWhere(text)
  if (!clauses) return true
  for (const payload of payloads) {
    if (clauses.every((clause) => holds(clause, payload))) return true
  }
  return false
}
