// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// What a person does: asks first where it destroys, shows that it runs, says how it ended.
import { defineStore } from 'pinia'
import { ref, shallowReactive, shallowRef } from 'vue'
import { t } from '../locale/index.js'
import { useConnection } from './connection.js'

const NOTICE_MS = 6000
const MOST_NOTICES = 4

export const useActions = defineStore('actions', () => {
  const connection = useConnection()
  const running = shallowReactive(new Map()) // key -> type
  const notices = ref([])
  const question = shallowRef(null)
  let noticeId = 0

  function notify(text, kind = 'info') {
    const id = ++noticeId
    notices.value = [...notices.value.slice(1 - MOST_NOTICES), { id, text, kind }]
    if (kind !== 'error') setTimeout(() => dismiss(id), NOTICE_MS)
  }

  function dismiss(id) {
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }

  // Resolves with true or false; one question at a time.
  function ask({ title, body, verb }) {
    question.value?.answer(false)
    return new Promise((resolve) => {
      question.value = {
        title,
        body,
        verb,
        answer(value) {
          question.value = null
          resolve(value)
        }
      }
    })
  }

  // key: what it is done to, so that the row shows it. Returns the reply, or null if it was refused
  // or failed; the failure has been shown then.
  async function run({ type, payload, key = type, title, object, destructive, body, done }) {
    if (running.has(key)) return null
    if (destructive) {
      const sure = await ask({
        title: object ? t('{action} “{object}”?', { action: title, object }) : `${title}?`,
        body,
        verb: title
      })
      if (!sure) return null
    }
    running.set(key, type)
    try {
      const reply = await connection.request(type, payload)
      if (done) notify(done)
      return reply
    } catch (error) {
      const what = object ? `${title} “${object}”` : title
      notify(t('{what}: {message}', { what, message: error.message }), 'error')
      return null
    } finally {
      running.delete(key)
    }
  }

  return { running, notices, question, notify, dismiss, ask, run }
})
