// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The HTTP side of access: a secret becomes the cookie, and is the cookie still good.
import { RequestError } from './request-error.js'

// The one-use secret stands in the fragment, which a browser never sends and never logs.
export function takeSecret(location = window.location, history = window.history) {
  const match = /^#s=([A-Za-z0-9_-]+)$/.exec(location.hash)
  if (!match) return null
  history.replaceState(null, '', location.pathname + location.search)
  return match[1]
}

async function problem(response) {
  const body = await response.json().catch(() => null)
  const text = body?.detail || body?.title || `${response.status} ${response.statusText}`
  return new RequestError(body?.code ?? 'internal', text)
}

export async function signIn(secret, fetcher = fetch) {
  const response = await fetcher('api/auth/login', {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ secret })
  })
  if (!response.ok) throw await problem(response)
  return response.json()
}

// 'valid', 'none' (no cookie, or one that is no longer good) or 'unreachable'.
export async function sessionState(fetcher = fetch) {
  try {
    const response = await fetcher('api/auth/session', { credentials: 'same-origin' })
    if (response.ok) return 'valid'
    return response.status === 401 || response.status === 403 ? 'none' : 'unreachable'
  } catch {
    return 'unreachable'
  }
}

export async function signOut(fetcher = fetch) {
  const response = await fetcher('api/auth/logout', { method: 'POST', credentials: 'same-origin' })
  if (!response.ok) throw await problem(response)
}
