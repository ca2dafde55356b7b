// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// What the cards about samples share: the type they watch, its instances and their state.
import { computed } from 'vue'
import { useCatalog } from '../stores/catalog.js'
import { useConnection } from '../stores/connection.js'
import { useSamples } from '../stores/samples.js'
import { useCardStatus } from './status.js'

const collator = new Intl.Collator(undefined, { numeric: true })

export function useSampleCard(card) {
  const catalog = useCatalog()
  const connection = useConnection()
  const samples = useSamples()
  const sample = samples.use(() => (connection.allows(card().access) ? card().event : null))

  const version = computed(() => sample.value?.version.value ?? 0)
  const keyField = computed(() => catalog.event(card().event)?.key ?? '')

  // Instances in the order of their names; "eth2" before "eth10".
  const keys = computed(() => {
    void version.value
    return [...(sample.value?.latest.keys() ?? [])].sort(collator.compare)
  })

  const payloads = computed(() => {
    void version.value
    return [...(sample.value?.latest.values() ?? [])].map((entry) => entry.payload)
  })

  const first = computed(() => {
    void version.value
    return sample.value?.latest.get(keys.value[0]) ?? null
  })

  function newestTime() {
    let newest = 0
    for (const { timeMs } of sample.value?.latest.values() ?? []) newest = Math.max(newest, timeMs)
    return newest
  }

  const status = useCardStatus(card, () => {
    void version.value
    const { value } = sample
    return {
      hasData: (value?.latest.size ?? 0) > 0,
      timeMs: newestTime(),
      intervalMs: value?.intervalMs ?? 1000,
      askedAtMs: value?.askedAtMs ?? 0,
      error: value?.error.value ?? null
    }
  })

  const field = (name) => catalog.field(card().event, name)

  return { sample, version, keyField, keys, payloads, first, status, field }
}
