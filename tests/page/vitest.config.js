// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The unit tests of the page; times are those of UTC.
import { defineConfig } from 'vitest/config'
import vue from '@vitejs/plugin-vue'

process.env.TZ = 'UTC'

export default defineConfig({
  plugins: [vue()],
  define: { __VERSION__: '"0.0.0"' },
  test: {
    include: ['tests/page/*.test.js'],
    pool: 'threads',
    poolOptions: { threads: { maxThreads: 2 } }
  }
})
