// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Tests without a browser as TAP.
let number = 0
let failed = 0

// body may be async; what it returns, if anything, is a remark for the log.
export async function test(name, body) {
  number++
  try {
    const remark = await body()
    if (remark) console.log(`# ${remark}`)
    console.log(`ok ${number} - ${name}`)
  } catch (error) {
    failed++
    console.log(`not ok ${number} - ${name}`)
    for (const line of String(error.stack).split('\n')) console.log(`# ${line}`)
  }
}

export function finish() {
  console.log(`1..${number}`)
  process.exitCode = failed ? 1 : 0
}

// The promise, or an error that says what did not come.
export const within = (seconds, promise, what) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: not within ${seconds} s`)), seconds * 1000)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
