// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The jobs of the hub: those that run, and those that are over but not forgotten. Progress is
// listened to only while one runs. They stay over a lost connection.
import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, shallowRef, watch } from 'vue'
import { inOrder, isOver, stateText } from '../cards/job-words.js'
import { t } from '../locale/index.js'
import { useActions } from './actions.js'
import { useConnection } from './connection.js'

const EVENTS = 'jobs'
const PROGRESS = 'job-progress'
const LOAD_DELAY_MS = 50

export const useJobs = defineStore('jobs', () => {
  const connection = useConnection()
  const actions = useActions()
  const jobs = shallowReactive(new Map()) // id -> the row of job.list
  const error = shallowRef(null)
  const loaded = ref(false)
  const heardAt = ref(0)
  let epoch = null
  let timer = null

  const ordered = computed(() => inOrder(jobs.values()))
  const running = computed(() => ordered.value.filter((job) => !isOver(job)))

  function tellEnd(job) {
    const text = t('{what}: {message}', { what: job.title, message: stateText(job) })
    actions.notify(text, job.state === 'failed' ? 'error' : 'info')
  }

  async function load() {
    try {
      const { jobs: rows = [] } = await connection.request('job.list')
      const before = epoch === connection.epoch() ? new Map(jobs) : new Map()
      const ids = new Set(rows.map((row) => row.id))
      for (const id of [...jobs.keys()]) if (!ids.has(id)) jobs.delete(id)
      for (const row of rows) {
        jobs.set(row.id, row)
        const known = before.get(row.id)
        if (known && !isOver(known) && isOver(row)) tellEnd(row)
      }
      epoch = connection.epoch()
      error.value = null
      loaded.value = true
      heardAt.value = Date.now()
    } catch (failure) {
      if (connection.live) error.value = failure
    }
  }

  function loadSoon() {
    clearTimeout(timer)
    timer = setTimeout(() => connection.live && load(), LOAD_DELAY_MS)
  }

  function follow(messages) {
    for (const { type, payload } of messages) {
      if (type === 'job.started' || type === 'job.finished') loadSoon()
      if (type !== 'job.progress' || payload?.id === undefined) continue
      const job = jobs.get(payload.id)
      heardAt.value = Date.now()
      // What is absent is not known any more.
      if (job && !isOver(job)) jobs.set(job.id, { ...job, progress: undefined, ...payload })
    }
  }

  watch(
    () => running.value.length > 0,
    (any) => {
      if (any) connection.subscribe(PROGRESS, ['job.progress'])
      else connection.unsubscribe(PROGRESS)
    }
  )

  function start() {
    connection.subscribe(EVENTS, ['job.started', 'job.finished'], { retained: false })
    connection.onMessages(follow)
    connection.onLive(load)
    connection.onResync(() => connection.live && load())
  }

  function cancel(job) {
    return actions.run({
      type: 'job.cancel',
      payload: { id: job.id },
      key: `job:${job.id}`,
      title: t('Cancel'),
      object: job.title
    })
  }

  return { jobs, error, loaded, heardAt, ordered, running, start, load, cancel }
})
