// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Rings, scales, patterns, conditions, arguments, rows: the parts without a browser.
import { describe, expect, it } from 'vitest'
import { fromRow, readValue } from '../../web-bridge/page/src/cards/arguments.js'
import { parseColumn, worstFirst } from '../../web-bridge/page/src/cards/columns.js'
import { errorText, inOrder, stateText } from '../../web-bridge/page/src/cards/job-words.js'
import { rightText } from '../../web-bridge/page/src/cards/rights.js'
import { filterRows, joinRows, keepOrder } from '../../web-bridge/page/src/cards/table-rows.js'
import { fulfils, parseWhere } from '../../web-bridge/page/src/cards/where.js'
import { AxisEnd, roundUp } from '../../web-bridge/page/src/charts/scale.js'
import { ChartData, chooseSeries } from '../../web-bridge/page/src/charts/series.js'
import { isPattern, matches } from '../../web-bridge/page/src/protocol/pattern.js'
import { SampleRing } from '../../web-bridge/page/src/stores/ring.js'

describe('ring', () => {
  it('keeps the newest rows in order and never more', () => {
    const ring = new SampleRing({ capacity: 10 })
    for (let i = 0; i < 57; i++) ring.add('', 1000 * i, { a: i })
    expect([...ring.column('a')]).toEqual([47, 48, 49, 50, 51, 52, 53, 54, 55, 56])
    expect([...ring.times]).toEqual([...ring.column('a')])
  })

  it('puts the samples of one turn into one row', () => {
    const ring = new SampleRing()
    ring.add('a', 1000, { v: 1 })
    ring.add('b', 1010, { v: 2 })
    ring.add('a', 2000, { v: 3 })
    expect(ring.length).toBe(2)
    expect([...ring.column('v', 'b')]).toEqual([2, NaN])
  })

  it('shows a gap where samples are missing, but not where a worker is slow', () => {
    const ring = new SampleRing({ intervalMs: 1000 })
    for (const second of [0, 1, 2, 10, 11]) ring.add('', 1000 * second, { v: 1 })
    expect([...ring.column('v')].filter(Number.isNaN)).toHaveLength(1)
    const slow = new SampleRing({ intervalMs: 1000 })
    for (const second of [0, 10, 20, 30]) slow.add('', 1000 * second, { v: 1 })
    expect([...slow.column('v')].filter(Number.isNaN)).toHaveLength(1)
  })

  it('takes nothing from the past', () => {
    const ring = new SampleRing()
    ring.add('', 5000, { v: 1 })
    expect(ring.add('', 4000, { v: 2 })).toBe(false)
    expect(ring.length).toBe(1)
  })

  it('begins anew when the clock was set back', () => {
    const ring = new SampleRing()
    for (const second of [100, 101, 102]) ring.add('', 1000 * second, { v: second })
    expect(ring.add('', 40000, { v: 40 })).toBe(true)
    ring.add('', 41000, { v: 41 })
    expect([...ring.times]).toEqual([40, 41])
    expect([...ring.column('v')]).toEqual([40, 41])
  })

  it('forgets keys that are gone, or silent for a whole ring', () => {
    const ring = new SampleRing({ capacity: 5 })
    ring.add('x', 0, { v: 1 })
    for (let i = 1; i < 30; i++) ring.add('y', 1000 * i, { v: i })
    expect(ring.columnCount).toBe(1)
    ring.removeKey('y')
    expect(ring.columnCount).toBe(0)
  })
})

describe('scale', () => {
  it.each([[0, 10, 1], [0.7, 10, 0.8], [11, 10, 15], [99, 10, 100], [1000, 1024, 1000], [1025, 1024, 1536], [900 * 1024, 1024, 1000 * 1024], [1e9, 1024, 1024 ** 2 * 1000]])(
    'rounds %d (base %i) up to %d',
    (value, base, wanted) => expect(roundUp(value, base)).toBeCloseTo(wanted, 6)
  )

  it('has no parts of bytes', () => {
    expect(new AxisEnd('bytes/s').update(0)).toBe(10)
    expect(new AxisEnd('percent').update(0)).toBe(1)
  })

  it('grows at once and shrinks late', () => {
    const end = new AxisEnd('watts')
    expect(end.update(90)).toBe(100)
    for (let i = 0; i < 29; i++) expect(end.update(3)).toBe(100)
    expect(end.update(3)).toBe(4)
  })
})

describe('series', () => {
  it('keeps eight lines, what comes after the seventh becomes other', () => {
    const entries = Array.from({ length: 12 }, (_, i) => ({ key: `${i}`, field: 'v', label: `${i}` }))
    const { shown, rest } = chooseSeries(entries)
    expect(shown.map(({ key }) => key)).toEqual(['0', '1', '2', '3', '4', '5', '6'])
    expect(rest).toHaveLength(5)
    expect(chooseSeries(entries.slice(0, 8)).rest).toEqual([])
  })

  it('stacks, and sums what is other', () => {
    const ring = new SampleRing()
    for (const key of ['a', 'b', 'c']) ring.add(key, 1000, { v: 2 })
    const line = (key) => ({ key, field: 'v', label: key })
    const data = new ChartData(true)
    data.update(ring, { shown: [line('a')], rest: [line('b'), line('c')] }, 0)
    expect(data.drawn.slice(1).map((column) => column[0])).toEqual([2, 6])
    expect(data.highest).toBe(6)
  })
})

describe('patterns', () => {
  it.each([['*', 'a.b', true], ['a.*', 'a.b.c', true], ['a.*', 'a', false], ['a.*.c', 'a.b.c', true], ['a.*.c', 'a.b.b.c', false], ['a.b', 'a.b', true], ['a.b', 'a.bc', false]])(
    '%s and %s: %s',
    (pattern, type, wanted) => expect(matches(pattern, type)).toBe(wanted)
  )

  it('knows a wrong one', () => {
    expect(['a.*', '*', 'a_1.b'].every(isPattern)).toBe(true)
    expect(['A.b', 'a..b', '', 'a.b*'].some(isPattern)).toBe(false)
  })
})

describe('conditions', () => {
  it.each([['charge exists', { charge: 0 }, true], ['charge exists', {}, false], ['state = up', { state: 'up' }, true], ['n>=3;n<5', { n: 4 }, true], ['n>=3;n<5', { n: 5 }, false], ['n != 4', {}, false]])(
    '%s over %o is %s',
    (text, payload, wanted) => expect(fulfils(text, [payload])).toBe(wanted)
  )

  it('refuses nonsense', () => expect(parseWhere('a ~ b')).toBe(null))
})

describe('arguments', () => {
  it.each([['12', 'u', 12], ['-3', 'i', -3], ['9007199254740993', 't', '9007199254740993'], ['1,5', 'd', 1.5], [true, 'b', true], ['a\n b \n', 'as', ['a', 'b']], ['{"a":1}', 'a{sv}', { a: 1 }], ['x', 's', 'x']])(
    '%j as %s',
    (input, type, wanted) => expect(readValue(input, type)).toEqual(wanted)
  )

  it.each([['-1', 'u'], ['256', 'y'], ['1.5', 'i'], ['', 'd'], ['{', 'a{sv}']])('%j is no %s', (input, type) =>
    expect(() => readValue(input, type)).toThrow()
  )

  it('come from the row, the others are asked for', () => {
    const method = { in: [{ name: 'name' }, { name: 'weight' }] }
    expect(fromRow(method, { name: 'a', other: 1 })).toEqual({ payload: { name: 'a' }, missing: [{ name: 'weight' }] })
  })
})

describe('rows', () => {
  const columns = [parseColumn('name', '', () => null), parseColumn('state:badge', '', () => null), parseColumn('full:meter', 'Full', () => null)]

  it('are joined with the samples of their key', () => {
    const latest = new Map([['a', { payload: { id: 'a', cpu: 3 } }]])
    expect(joinRows([{ id: 'a' }, { id: 'b' }], latest, 'id')).toEqual([{ id: 'a', cpu: 3 }, { id: 'b' }])
    expect(joinRows(null, latest, 'id')).toEqual([{ id: 'a', cpu: 3 }])
  })

  it('begin with what needs attention', () => {
    const rows = [{ name: 'a', state: 'active', full: 99 }, { name: 'b', state: 'failed', full: 1 }, { name: 'c', state: 'active', full: 100 }]
    expect(rows.sort(worstFirst(columns)).map(({ name }) => name)).toEqual(['b', 'c', 'a'])
  })

  it('keep their place, new ones come last', () => {
    const kept = keepOrder([{ id: 'n' }, { id: 'a' }, { id: 'b' }], ['b', 'a'], ({ id }) => id)
    expect(kept.map(({ id }) => id)).toEqual(['b', 'a', 'n'])
  })

  it('are found by what they show', () => {
    expect(filterRows([{ name: 'x', full: 42 }, { name: 'y' }], columns, '42%')).toHaveLength(1)
  })
})

describe('jobs', () => {
  it('stand with those that run first, then the newest', () => {
    const jobs = [
      { id: 3, state: 'failed' },
      { id: 1, state: 'running' },
      { id: 4, state: 'succeeded' },
      { id: 2, state: 'cancelling' }
    ]
    expect(inOrder(jobs).map(({ id }) => id)).toEqual([2, 1, 4, 3])
  })

  it('say what they do, or how they ended', () => {
    expect(stateText({ state: 'running', message: 'Layer 3' })).toBe('Layer 3')
    expect(stateText({ state: 'running', message: '' })).toBe('Running')
    expect(stateText({ state: 'cancelling', message: 'Layer 3' })).toBe('Cancelling…')
    expect(stateText({ state: 'failed', error: 'timeout: The server: it is silent' })).toBe('Failed: The server: it is silent')
    expect(stateText({ state: 'failed' })).toBe('Failed')
    expect(errorText({ error: 'No code here' })).toBe('No code here')
  })
})

describe('rights', () => {
  it('are said in plain words, also those of a newer hub', () => {
    expect(rightText({ kind: 'files', value: '/run/docker.sock' })).toBe('read and write /run/docker.sock')
    expect(rightText({ kind: 'requests', value: '*' })).toBe('ask for everything, with the rights of an administrator')
    expect(rightText({ kind: 'network' })).toBe('use the network')
    expect(rightText({ kind: 'teleport', value: 'mars' })).toBe('teleport mars')
  })
})
