// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The pages in their groups: the page's own, and one for each module that has cards.
import { computed } from 'vue'
import { t } from '../locale/index.js'
import { useCatalog } from '../stores/catalog.js'
import { iconOf } from './AppIcon.vue'

const HUB_PAGES = () => [
  { path: 'activity', title: t('Activity'), icon: 'activity' },
  { path: 'modules', title: t('Modules'), icon: 'modules' },
  { path: 'workers', title: t('Workers'), icon: 'workers' },
  { path: 'devices', title: t('Devices'), icon: 'devices' }
]

const GROUP_TITLES = () => ({
  monitor: t('Monitor'),
  control: t('Control'),
  desk: t('Desk'),
  hub: t('Hub')
})

export function usePages() {
  const catalog = useCatalog()

  const groups = computed(() => {
    const titles = GROUP_TITLES()
    const ofModules = (group) =>
      catalog.pages
        .filter((page) => page.group === group)
        .map((page) => ({
          path: `m/${page.name}`,
          module: page.name,
          title: page.title,
          icon: iconOf(page.icon),
          state: page.state
        }))
    return [
      { name: 'top', title: '', pages: [{ path: 'overview', title: t('Overview'), icon: 'overview' }] },
      { name: 'monitor', title: titles.monitor, pages: ofModules('monitor') },
      { name: 'control', title: titles.control, pages: ofModules('control') },
      { name: 'desk', title: titles.desk, pages: ofModules('desk') },
      { name: 'hub', title: titles.hub, pages: [...HUB_PAGES(), ...ofModules('hub')] }
    ].filter((group) => group.pages.length)
  })

  const all = computed(() => groups.value.flatMap((group) => group.pages))

  return { groups, all }
}
