// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Text that the server sends piece by piece, such as the log of a job.
import { RequestError } from './request-error.js'

async function refusal(response) {
  const problem = await response.json().catch(() => ({}))
  return new RequestError(problem.code ?? 'unavailable', problem.detail ?? response.statusText)
}

// Calls onText with each piece until the stream or signal ends. A character that is cut in two is
// put together.
export async function readText(path, { signal, onText }) {
  const response = await fetch(path, { signal, cache: 'no-store' })
  if (!response.ok) throw await refusal(response)
  const reader = response.body.getReader()
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await reader.read()
    const text = decoder.decode(value, { stream: !done })
    if (text) onText(text)
    if (done) return
  }
}
