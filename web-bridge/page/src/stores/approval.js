// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Which module a person is asked about: what it may do is shown before it runs first.
import { defineStore } from 'pinia'
import { ref } from 'vue'

export const useApproval = defineStore('approval', () => {
  const module = ref('') // '': nobody is asked
  return { module, review: (name) => (module.value = name), close: () => (module.value = '') }
})
