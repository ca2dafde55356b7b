// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The HTTP side of access: a code or a secret becomes the cookie, and is the cookie still good.
import { RequestError } from './request-error.js'

const FRAGMENT = /^#(s|pair)=([A-Za-z0-9_-]+)(?:&fp=([0-9A-Fa-f]{64}))?$/

export const hasSecret = (hash) => FRAGMENT.test(hash)

// The one-use secret stands in the fragment, which a browser never sends and never logs: { secret,
// pairing: it is of an invitation }, or null.
export function takeSecret(location = window.location, history = window.history) {
  const match = FRAGMENT.exec(location.hash)
  if (!match) return null
  history.replaceState(null, '', location.pathname + location.search)
  return { secret: match[2], pairing: match[1] === 'pair' }
}

async function problem(response) {
  const body = await response.json().catch(() => null)
  const text = body?.detail || body?.title || `${response.status} ${response.statusText}`
  return new RequestError(body?.code ?? 'internal', text)
}

async function post(path, body, fetcher) {
  const response = await fetcher(path, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body)
  })
  if (!response.ok) throw await problem(response)
  return response.json()
}

export const signIn = (secret, fetcher = fetch) => post('api/auth/login', { secret }, fetcher)

// invitation: { code } or { secret }; the device gets the name.
export const pair = (invitation, name, fetcher = fetch) =>
  post('api/auth/pair', { ...invitation, name }, fetcher)

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
