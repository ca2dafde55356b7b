// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The real hub, its modules and the real web bridge on a message bus of their own, out of the build
// folder. The modules are copies: a test may touch and break them.
import { execFile, spawn } from 'node:child_process'
import { appendFile, copyFile, cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)
const MODULE_FILES = {
  chat: ['binnacle-chat', 'chat.module', 'org.binnacle.Chat1.xml'],
  system_info: ['binnacle-system-info', 'system_info.module', 'org.binnacle.SystemInfo1.xml']
}
// Those that only tests load, if they ask for it.
const TEST_MODULE_FILES = {
  echo: ['binnacle-echo', 'echo.module', 'org.binnacle.Echo1.xml'],
  hostile: ['binnacle-hostile', 'hostile.module', 'org.binnacle.Hostile1.xml']
}
const START_SECONDS = 20

// A port that was free a moment ago; the bridge is told which one to take.
async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}

// A program whose first line on `fd` says that it is ready; it ends with this process at the latest.
class Program {
  #process

  constructor(path, args, { env, lineFrom = 1 }) {
    const stdio = ['ignore', 'pipe', 'pipe', 'pipe']
    this.#process = spawn(path, args, { env, stdio })
    this.errors = ''
    this.#process.stderr.on('data', (data) => (this.errors += data))
    this.exit = new Promise((resolve) =>
      this.#process.once('exit', (code, signal) => resolve({ code, signal }))
    )
    this.line = new Promise((resolve, reject) => {
      createInterface({ input: this.#process.stdio[lineFrom] }).once('line', resolve)
      this.#process.once('error', reject)
      this.exit.then(({ code }) => reject(new Error(`${path} ended with ${code}: ${this.errors}`)))
    })
    this.line.catch(() => {})
  }

  get pid() {
    return this.#process.pid
  }

  async end(signal = 'SIGTERM') {
    this.#process.kill(signal)
    return this.exit
  }
}

// What the hub tells, as the command "binnacle events" prints it; it ends with close().
class Events {
  #process
  #seen = []
  #waiting = []

  constructor(path, args, env) {
    this.#process = spawn(path, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.#seen.push(JSON.parse(line))
      this.#waiting = this.#waiting.filter((look) => !look())
    })
  }

  // How many there were so far.
  get length() {
    return this.#seen.length
  }

  // The first event, from the number `first` on, for which wanted(payload) holds.
  find(wanted, first = 0) {
    return new Promise((resolve) => {
      const look = () => {
        const event = this.#seen.slice(first).find(({ payload }) => wanted(payload))
        if (event) resolve(event.payload)
        return Boolean(event)
      }
      if (!look()) this.#waiting.push(look)
    })
  }

  close() {
    this.#process.kill()
  }
}

// Stands between a browser and the bridge, so that the network between them can be cut: what is open
// hears nothing more, as when a phone goes out of reach, and nothing new comes through.
export class Network {
  #server
  #pairs = new Set()
  #cut = false

  constructor(port) {
    this.#server = createServer((near) => this.#join(near, port))
  }

  async start() {
    await new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve))
    this.port = this.#server.address().port
  }

  #join(near, port) {
    if (this.#cut) {
      near.destroy()
      return
    }
    const far = connect(port, '127.0.0.1')
    const pair = { near, far }
    this.#pairs.add(pair)
    near.pipe(far)
    far.pipe(near)
    for (const side of [near, far]) {
      side.on('error', () => {})
      side.on('close', () => {
        this.#pairs.delete(pair)
        near.destroy()
        far.destroy()
      })
    }
  }

  // The bridge hears that it is over; the browser hears nothing.
  cut() {
    this.#cut = true
    for (const { near, far } of this.#pairs) {
      near.unpipe(far)
      far.unpipe(near)
      near.pause()
      far.removeAllListeners('close')
      far.destroy()
    }
  }

  mend() {
    this.#cut = false
    for (const { near } of this.#pairs) near.destroy()
  }

  close() {
    this.mend()
    this.#server.close()
  }
}

export class RealHub {
  #build
  #page
  #testModules
  #folder
  #env
  #bus = null
  #hub = null
  #bridge = null

  port = 0

  // build: the build folder; page: the folder of the built page; testModules: names.
  constructor({ build, page, testModules = [] }) {
    this.#build = build
    this.#page = page
    this.#testModules = testModules
  }

  #moduleFile(module, file) {
    return join(this.#folder, 'modules', module, file)
  }

  // A new build of a module's program: other contents, which behave the same, put into its place as
  // an installer does.
  async updateProgram(module) {
    const path = this.#moduleFile(module, MODULE_FILES[module][0])
    await cp(path, `${path}.new`)
    await appendFile(`${path}.new`, '\n')
    await rename(`${path}.new`, path)
  }

  // A person edits the source of a module and saves it: change(text) gives the new one. Editors write
  // a file in its place, or another that takes its place.
  async editProgram(module, change, { inPlace = false } = {}) {
    const path = this.#moduleFile(module, MODULE_FILES[module][0])
    const text = change(await readFile(path, 'utf8'))
    if (inPlace) return writeFile(path, text)
    await copyFile(path, `${path}.new`) // with its permissions
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
  }

  async #copyModule(from, module, files, to = join(this.#folder, 'modules')) {
    await mkdir(join(to, module), { recursive: true })
    for (const file of files) {
      await cp(join(this.#build, from, module, file), join(to, module, file))
    }
  }

  // A person puts a module into their own folder.
  async installOwn(module) {
    const own = join(this.#folder, 'data/binnacle/modules')
    await this.#copyModule('tests/modules', module, TEST_MODULE_FILES[module], own)
  }

  async start() {
    this.#folder = await mkdtemp(join(tmpdir(), 'binnacle-page-'))
    for (const folder of ['run', 'state', 'data']) {
      await mkdir(join(this.#folder, folder), { mode: 0o700 })
    }
    for (const [module, files] of Object.entries(MODULE_FILES)) {
      await this.#copyModule('daemon/modules', module, files)
    }
    for (const module of this.#testModules) {
      await this.#copyModule('tests/modules', module, TEST_MODULE_FILES[module])
    }
    const sdk = join(this.#build, 'daemon/sdk')
    this.#env = {
      ...process.env,
      XDG_RUNTIME_DIR: join(this.#folder, 'run'),
      XDG_STATE_HOME: join(this.#folder, 'state'),
      XDG_DATA_HOME: join(this.#folder, 'data'),
      BINNACLE_MODULE_PATH: join(this.#folder, 'modules'),
      // The copies are not beside their library.
      LD_LIBRARY_PATH: sdk,
      PYTHONPATH: join(sdk, 'python')
    }
    const args = ['--session', '--nofork', '--print-address=3']
    this.#bus = new Program('dbus-daemon', args, { env: this.#env, lineFrom: 3 })
    this.#env.DBUS_SESSION_BUS_ADDRESS = await this.#bus.line
    this.port = await freePort()
    await this.startHub()
    await this.startBridge()
  }

  async startHub() {
    this.#hub = new Program(join(this.#build, 'daemon/binnacled'), ['--session'], { env: this.#env })
    const wait = ['wait', '--session', '--timeout', `${START_SECONDS}`, 'org.binnacle.Hub1']
    await run('gdbus', wait, { env: this.#env })
  }

  // allowHosts: "127.0.0.1:PORT", names that the bridge answers to besides its own; more: options.
  async startBridge(allowHosts = [], more = []) {
    const args = ['--session', '--port', `${this.port}`, '--page-dir', this.#page, ...more]
    for (const host of allowHosts) args.push('--allow-host', host)
    const path = join(this.#build, 'web-bridge/binnacle-web-bridge')
    this.#bridge = new Program(path, args, { env: this.#env })
    await this.#bridge.line
  }

  async endHub(signal) {
    return this.#hub.end(signal)
  }

  async endBridge(signal) {
    return this.#bridge.end(signal)
  }

  // The command "binnacle": the objects that it printed.
  async command(...args) {
    const path = join(this.#build, 'daemon/cli/binnacle')
    const { stdout } = await run(path, ['--session', '--json', ...args], { env: this.#env })
    return stdout.trim().split('\n').filter(Boolean).flatMap((line) => JSON.parse(line))
  }

  // What it tells from now on, of these patterns. It listens already when this resolves.
  async events(...patterns) {
    const path = join(this.#build, 'daemon/cli/binnacle')
    const all = [...patterns, 'user.listening']
    const events = new Events(path, ['--session', '--json', 'events', ...all], this.#env)
    let heard = false
    events.find(({ listening }) => listening === 'yes').then(() => (heard = true))
    while (!heard) await this.command('emit', 'user.listening', 'listening=yes')
    return events
  }

  // A new address with its one-use secret, as a person gets it.
  async address() {
    const path = join(this.#build, 'daemon/cli/binnacle')
    const args = ['--session', 'open', '--print', '--port', `${this.port}`]
    const { stdout } = await run(path, args, { env: this.#env })
    return stdout.trim()
  }

  // What scripts of this user have.
  async token() {
    return (await readFile(join(this.#folder, 'run/binnacle/token'), 'utf8')).trim()
  }

  // A code with which one device is paired, as a person gets it.
  async invite(level) {
    const [pairing] = await this.command('call', 'access.pair', `level=${level}`)
    return pairing.code
  }

  async module(name) {
    return (await this.command('modules')).find((row) => row.name === name)
  }

  async close() {
    for (const program of [this.#bridge, this.#hub, this.#bus]) await program?.end()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
