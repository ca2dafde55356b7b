// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// When charts are drawn: once per frame at most, and only those that somebody can see.

const callbacks = new WeakMap() // element -> { draw, seen, due }
const due = new Set()
let frame = 0

function flush() {
  frame = 0
  for (const entry of due) entry.draw()
  due.clear()
}

function schedule(entry) {
  due.add(entry)
  if (!frame) frame = requestAnimationFrame(flush)
}

const observer = new IntersectionObserver(
  (changes) => {
    for (const { target, isIntersecting } of changes) {
      const entry = callbacks.get(target)
      if (!entry) continue
      entry.seen = isIntersecting
      if (isIntersecting && entry.late) {
        entry.late = false
        schedule(entry)
      }
    }
  },
  { rootMargin: '100px' }
)

// Returns { request(), stop() }: request draws with the next frame in which the element is seen.
export function drawWhenSeen(element, draw) {
  const entry = { draw, seen: false, late: true }
  callbacks.set(element, entry)
  observer.observe(element)
  return {
    request() {
      if (entry.seen) schedule(entry)
      else entry.late = true
    },
    stop() {
      observer.unobserve(element)
      callbacks.delete(element)
      due.delete(entry)
    }
  }
}
