// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// A refused request: one of the codes of introspection/error.h and the server's own message.

export class RequestError extends Error {
  constructor(code, message, details = {}) {
    super(message)
    this.name = 'RequestError'
    this.code = code
    this.details = details
  }

  static fromPayload(payload) {
    return new RequestError(payload?.code ?? 'internal', payload?.message ?? '', payload?.details)
  }
}
