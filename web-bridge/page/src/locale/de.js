// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// German.

export const plural = (count) => (count === 1 ? 0 : 1)

export const messages = {
  yes: 'ja',
  no: 'nein'
}
