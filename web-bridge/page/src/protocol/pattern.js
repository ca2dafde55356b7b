// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Event types and patterns; the rules of introspection/event-type.h.

const SEGMENT = /^[a-z][a-z0-9_]*$/

export function isPattern(text) {
  if (text.length > 255) return false
  return text.split('.').every((segment) => segment === '*' || SEGMENT.test(segment))
}

// "*" in the middle is exactly one segment, at the end one or more.
export function matches(pattern, type) {
  const wanted = pattern.split('.')
  const segments = type.split('.')
  const last = wanted.length - 1
  for (let i = 0; i <= last; i++) {
    if (i >= segments.length) return false
    if (wanted[i] === '*' && i === last) return true
    if (wanted[i] !== '*' && wanted[i] !== segments[i]) return false
  }
  return segments.length === wanted.length
}
