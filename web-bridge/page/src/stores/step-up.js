// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// For what this device may not do, somebody at the machine says yes or no.
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import { t } from '../locale/index.js'
import { useActions } from './actions.js'
import { now, toLocalMs } from './clock.js'
import { useConnection } from './connection.js'

export const useStepUp = defineStore('step-up', () => {
  const connection = useConnection()
  const actions = useActions()
  const asked = shallowRef(null) // the confirmation, while it waits

  const secondsLeft = computed(() =>
    asked.value ? Math.max(0, Math.floor((toLocalMs(asked.value.expires / 1e3) - now.value) / 1e3)) : 0
  )

  // level: what is needed; reason: what for, which is shown at the machine.
  async function ask(level, reason) {
    if (asked.value) return
    asked.value = await actions.run({
      type: 'access.step_up',
      payload: { level, reason: reason.slice(0, 200) },
      title: t('Ask at the machine')
    })
  }

  function dismiss() {
    asked.value = null
  }

  // The answer is a level, or the time that passes: who said no is not told to the device.
  watch(
    () => connection.level,
    (level) => {
      if (!asked.value || !connection.allows(asked.value.level)) return
      dismiss()
      actions.notify(t('Confirmed: this device may “{level}” for a while.', { level }))
    }
  )
  watch(secondsLeft, (left) => {
    if (!asked.value || left > 0) return
    dismiss()
    actions.notify(t('Nobody at the machine confirmed it.'), 'error')
  })

  return { asked, secondsLeft, ask, dismiss }
})
