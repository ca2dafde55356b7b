// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// How long to wait before the next attempt: exponential with full jitter, so that many pages do not
// come back in the same moment.

export const FIRST_MS = 500
export const LONGEST_MS = 15000
const SHORTEST_MS = 50

export function backoffMs(attempt, random = Math.random) {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16))
  return Math.max(SHORTEST_MS, Math.round(random() * ceiling))
}
