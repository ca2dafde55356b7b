// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Requests that wait for their one reply. They outlive a connection: the next one names them, and
// the server answers with the reply it kept or says that the outcome is unknown.
import { RequestError } from './request-error.js'

export const MOST_PENDING = 48

export class PendingRequests {
  #pending = new Map()
  #nextId = 1

  get ids() {
    return [...this.#pending.keys()]
  }

  nextId() {
    return this.#nextId++
  }

  add(id, type, timeoutMs) {
    if (this.#pending.size >= MOST_PENDING) {
      return Promise.reject(new RequestError('busy', 'Too many requests are waiting for a reply'))
    }
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id)
        reject(new RequestError('timeout', `No reply to ${type} within ${timeoutMs / 1000} s`))
      }, timeoutMs)
      this.#pending.set(id, { resolve, reject, timer })
    })
  }

  // True if the message was the reply to one of ours.
  settle(message) {
    const request = this.#pending.get(message.id)
    if (!request || typeof message.ok !== 'boolean') return false
    this.#pending.delete(message.id)
    clearTimeout(request.timer)
    if (message.ok) request.resolve(message.payload ?? {})
    else request.reject(RequestError.fromPayload(message.payload))
    return true
  }

  rejectAll(code, text) {
    for (const request of this.#pending.values()) {
      clearTimeout(request.timer)
      request.reject(new RequestError(code, text))
    }
    this.#pending.clear()
  }
}
