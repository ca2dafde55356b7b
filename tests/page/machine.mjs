// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// The machine behind the test bridge: modules with every kind of card, and values that move in a
// way that can be foretold.

const field = (name, type, unit, label) => ({ name, type, ...(unit && { unit }), label })
const argument = (name, type, doc) => ({ name, type, doc })

export function descriptions() {
  return {
    system_info: {
      name: 'system_info',
      version: '1.0',
      title: 'System',
      summary: 'Processor, memory, disks and network of this machine',
      icon: 'computer-symbolic',
      group: 'monitor',
      state: 'ready',
      generation: 1,
      interface: 'org.binnacle.SystemInfo1',
      events: [
        {
          name: 'cpu', type: 'system_info.cpu', class: 'sample', worker: 'cpu', access: 'observe',
          fields: [
            field('usage', 'd', 'percent', 'Usage'),
            field('user', 'd', 'percent', 'User'),
            field('system', 'd', 'percent', 'System'),
            field('iowait', 'd', 'percent', 'Waiting for disks'),
            field('load1', 'd', 'count', 'Load')
          ]
        },
        {
          name: 'core', type: 'system_info.core', class: 'sample', key: 'core', worker: 'cpu', access: 'observe',
          fields: [field('core', 's', '', 'Core'), field('usage', 'd', 'percent', 'Usage')]
        },
        {
          name: 'memory', type: 'system_info.memory', class: 'sample', worker: 'memory', access: 'observe',
          fields: [
            field('used', 't', 'bytes', 'Used'),
            field('total', 't', 'bytes', 'Total'),
            field('cached', 't', 'bytes', 'Cached')
          ]
        },
        {
          name: 'filesystem', type: 'system_info.filesystem', class: 'sample', key: 'path', worker: 'filesystem',
          access: 'observe',
          fields: [
            field('path', 's', '', 'Mounted at'),
            field('used', 't', 'bytes', 'Used'),
            field('total', 't', 'bytes', 'Size'),
            field('usage', 'd', 'percent', 'Full')
          ]
        },
        {
          name: 'network', type: 'system_info.network', class: 'sample', key: 'interface', worker: 'network',
          access: 'observe',
          fields: [
            field('interface', 's', '', 'Interface'),
            field('received', 'd', 'bytes/s', 'Received'),
            field('sent', 'd', 'bytes/s', 'Sent')
          ]
        },
        {
          name: 'battery', type: 'system_info.battery', class: 'sample', key: 'name', worker: 'battery',
          access: 'observe',
          fields: [field('name', 's', '', 'Battery'), field('charge', 'd', 'percent', 'Charge')]
        }
      ],
      workers: [
        { name: 'system_info.cpu', interval: 1000, demand: true, summary: 'Reads the processor' },
        { name: 'system_info.memory', interval: 1000, demand: true, summary: 'Reads the memory' },
        { name: 'system_info.network', interval: 1000, demand: true, summary: 'Reads the interfaces' },
        { name: 'system_info.filesystem', interval: 5000, demand: true, summary: 'Reads the file systems' },
        { name: 'system_info.battery', interval: 5000, demand: true, summary: 'Reads the batteries' }
      ],
      methods: [
        { name: 'identity', member: 'Identity', title: 'Identity', access: 'observe', safe: true, in: [], out: [argument('identity', 'a{sv}', '')] },
        { name: 'list_users', member: 'ListUsers', title: 'Users', access: 'observe', safe: true, in: [], out: [argument('users', 'aa{sv}', '')] }
      ],
      cards: [
        { id: 'cpu', kind: 'stat', title: 'Processor', order: 10, pin: true, access: 'observe', event: 'system_info.cpu', value: 'usage', spark: true },
        { id: 'load', kind: 'stat', title: 'Load', order: 11, access: 'observe', event: 'system_info.cpu', value: 'load1', spark: true },
        { id: 'memory', kind: 'gauge', title: 'Memory', order: 12, pin: true, access: 'observe', event: 'system_info.memory', value: 'used', max: 'total', warn: 85, critical: 95 },
        { id: 'disks', kind: 'gauge', title: 'Disks', order: 13, pin: true, access: 'observe', event: 'system_info.filesystem', value: 'usage', warn: 80, critical: 95 },
        { id: 'cpu_time', kind: 'chart', title: 'Processor time', order: 20, pin: true, access: 'observe', event: 'system_info.cpu', series: ['user', 'system', 'iowait'], stacked: true, max: '100' },
        { id: 'traffic', kind: 'chart', title: 'Network', order: 21, pin: true, access: 'observe', event: 'system_info.network', series: ['received', 'sent'] },
        { id: 'cores', kind: 'chart', title: 'Cores', order: 22, access: 'observe', event: 'system_info.core', series: ['usage'], each: 'core' },
        { id: 'filesystems', kind: 'table', title: 'File systems', order: 30, access: 'observe', event: 'system_info.filesystem', columns: ['path', 'total:bytes', 'used:bytes', 'usage:meter'] },
        { id: 'battery', kind: 'gauge', title: 'Battery', order: 31, access: 'observe', event: 'system_info.battery', value: 'charge', where: 'charge exists' },
        { id: 'identity', kind: 'details', title: 'This machine', order: 40, access: 'observe', rows: 'identity', fields: ['hostname', 'os', 'kernel', 'cpu_model', 'threads', 'memory:bytes', 'boot_time:time'], labels: ['Name', 'System', 'Kernel', 'Processor', 'Threads', 'Memory', 'Started'] },
        { id: 'users', kind: 'table', title: 'Logged in', order: 41, access: 'observe', rows: 'list_users', columns: ['name', 'terminal', 'from', 'since:time'] }
      ]
    },
    services: {
      name: 'services', version: '1.0', title: 'Services', summary: 'The services of this session', icon: 'system-run-symbolic',
      group: 'control', state: 'ready', generation: 1, interface: 'org.binnacle.Services1',
      events: [
        { name: 'unit_changed', type: 'services.unit_changed', class: 'event', access: 'observe', summary: 'A unit changed its state', fields: [field('name', 's', '', 'Unit'), field('state', 's', '', 'State')] }
      ],
      workers: [],
      methods: [
        { name: 'list_units', member: 'ListUnits', title: 'Units', access: 'observe', safe: true, in: [], out: [argument('units', 'aa{sv}', '')] },
        { name: 'restart_unit', member: 'RestartUnit', title: 'Restart', summary: 'Stops the unit and starts it again', access: 'control', in: [argument('name', 's', 'the unit')], out: [] },
        { name: 'stop_unit', member: 'StopUnit', title: 'Stop', summary: 'Stops the unit', access: 'control', destructive: true, in: [argument('name', 's', 'the unit')], out: [] },
        { name: 'set_priority', member: 'SetPriority', title: 'Set the priority', summary: 'Changes how much of the processor a unit may have', access: 'control', in: [argument('name', 's', 'the unit, such as backup.service'), argument('weight', 'u', '1 to 10000; 100 is usual'), argument('permanent', 'b', 'also after the next start'), argument('groups', 'as', 'the groups it is moved to')], out: [argument('weight', 'u', '')] },
        { name: 'check_all', member: 'CheckAll', title: 'Check everything', summary: 'Looks at every unit', access: 'control', job: true, in: [], out: [argument('job', 'o', '')] },
        { name: 'reset_all', member: 'ResetAll', title: 'Reset everything', summary: 'Forgets every failure', access: 'admin', destructive: true, in: [], out: [] }
      ],
      cards: [
        { id: 'units', kind: 'table', title: 'Units', order: 1, access: 'observe', rows: 'list_units', refresh: ['services.unit_changed'], columns: ['name', 'state:badge', 'memory:bytes', 'since:time'], actions: ['restart_unit', 'stop_unit'] },
        { id: 'act', kind: 'actions', title: 'Manage', order: 2, access: 'observe', methods: ['set_priority', 'check_all', 'reset_all'] },
        { id: 'secrets', kind: 'details', title: 'Environment', order: 3, access: 'admin', rows: 'environment' },
        { id: 'timers', kind: 'table', title: 'Timers', order: 4, access: 'observe', rows: 'list_timers', columns: ['name', 'next:time'] },
        { id: 'journal', kind: 'table', title: 'Journal', order: 5, access: 'observe', rows: 'list_journal', columns: ['line'] }
      ]
    },
    chat: {
      name: 'chat', version: '1.0', title: 'Chat', summary: 'Messages between everybody at this machine', icon: 'user-available-symbolic',
      group: 'desk', state: 'ready', generation: 1, interface: 'org.binnacle.Chat1',
      events: [
        { name: 'message', type: 'chat.message', class: 'event', access: 'observe', fields: [field('room', 's', '', 'Room'), field('from', 's', '', 'From'), field('text', 's', '', 'Text')] }
      ],
      workers: [],
      methods: [
        { name: 'send', member: 'Send', title: 'Send', access: 'control', in: [argument('room', 's', ''), argument('text', 's', '')], out: [] }
      ],
      cards: [
        { id: 'room', kind: 'messages', title: 'Conversation', order: 1, access: 'observe', event: 'chat.message', send: 'send' }
      ]
    },
    backup: {
      name: 'backup', version: '0.3', title: 'Backup', summary: 'Copies of what matters', icon: 'drive-harddisk-symbolic',
      group: 'control', state: 'quarantined', generation: 6, interface: 'org.binnacle.Backup1',
      events: [
        { name: 'progress', type: 'backup.progress', class: 'sample', worker: 'run', access: 'observe', fields: [field('share', 'd', 'percent', 'Done')] }
      ],
      workers: [{ name: 'backup.run', interval: 60000, demand: false, summary: 'Copies what changed' }],
      methods: [],
      cards: [
        { id: 'progress', kind: 'gauge', title: 'Last copy', order: 1, pin: true, access: 'observe', event: 'backup.progress', value: 'share' }
      ]
    },
    diary: {
      name: 'diary', version: '0.3', title: 'Diary', summary: 'What was done on which day', icon: 'application-x-addon-symbolic',
      group: 'desk', state: 'disabled', generation: 0, approved: false, rights_digest: '5d0c', events: [], workers: [], methods: [],
      rights: [
        { kind: 'files', value: '~/Documents/Diary', approved: true }, { kind: 'network', approved: false },
        { kind: 'requests', value: 'system_info.*', approved: false }, { kind: 'talk', value: 'session:org.gnome.evolution.*', approved: false },
        { kind: 'launch', approved: false }, { kind: 'unconfined', approved: false }
      ],
      cards: [{ id: 'today', kind: 'details', title: 'Today', order: 1, access: 'observe', rows: 'today', fields: ['text'] }]
    },
    hub: {
      name: 'hub', version: '0.1.0', title: 'Hub', summary: 'The hub itself',
      events: [
        { name: 'system.heartbeat', type: 'system.heartbeat', class: 'sample', worker: 'heartbeat', access: 'observe', fields: [] },
        { name: 'module.state_changed', type: 'module.state_changed', class: 'event', access: 'observe', fields: [] },
        { name: 'worker.state_changed', type: 'worker.state_changed', class: 'event', access: 'observe', fields: [] },
        { name: 'worker.failed', type: 'worker.failed', class: 'event', access: 'observe', fields: [] },
        { name: 'job.started', type: 'job.started', class: 'event', access: 'observe', fields: [] },
        { name: 'job.progress', type: 'job.progress', class: 'sample', key: 'id', access: 'observe', fields: [] },
        { name: 'job.finished', type: 'job.finished', class: 'event', access: 'observe', fields: [] }
      ],
      workers: [{ name: 'hub.heartbeat', interval: 15000, demand: true, summary: 'Says that the hub is there' }],
      methods: [], cards: []
    }
  }
}

export function moduleRows(all) {
  const more = {
    system_info: { pid: 4711, restarts: 0, failures: 0, descriptors: 9, since: 1795340000000000, source: 'current', memory: 1572864, cpu_time: 1240000 },
    services: { pid: 4712, restarts: 1, failures: 1, descriptors: 11, since: 1795340000000000, source: 'previous', memory: 2202009, cpu_time: 310000, last_error: 'services.module: [Module] Version: is missing; it must stand' },
    diary: { restarts: 0, approved: false, reason: 'not approved yet' },
    chat: { pid: 4713, restarts: 0, memory: 1310720, cpu_time: 42000 },
    backup: { pid: 0, restarts: 6, failures: 6, since: 1795344900000000, memory: 0, cpu_time: 0, last_error: 'The process ended with signal 11 (Segmentation fault) six times within 60 s' }
  }
  return Object.values(all)
    .filter(({ name }) => name !== 'hub')
    .map(({ name, title, version, state, group, icon, generation, approved }) => ({
      name, title, version, state, group, icon, generation, last_error: '', ...more[name], ...(approved !== undefined && { approved })
    }))
}

export function workerRows(nowUsec) {
  const statistics = { errors: 0, consecutive_errors: 0, overruns: 0, restarts: 0, last_error: '' }
  return [
    { name: 'system_info.cpu', state: 'running', interval: 1000, demand: true, ...statistics, runs: 18234, last_usec: 180, mean_usec: 212, max_usec: 2210, p99_usec: 610, last_run: nowUsec - 4e5, next_run: nowUsec + 6e5 },
    { name: 'system_info.memory', state: 'running', interval: 1000, demand: true, ...statistics, runs: 18230, last_usec: 64, mean_usec: 71, max_usec: 900, p99_usec: 210, last_run: nowUsec - 4e5, next_run: nowUsec + 6e5 },
    { name: 'system_info.filesystem', state: 'sleeping', interval: 5000, demand: true, ...statistics, runs: 412, last_usec: 340, mean_usec: 402, max_usec: 5100, p99_usec: 1900, last_run: nowUsec - 61e6, next_run: 0 },
    { name: 'backup.run', state: 'unavailable', interval: 60000, demand: false, ...statistics, runs: 12, errors: 5, consecutive_errors: 3, last_usec: 2100000, mean_usec: 1900000, max_usec: 8100000, p99_usec: 8100000, last_run: nowUsec - 3e8, next_run: 0, last_error: 'The target /mnt/backup is not mounted' },
    { name: 'hub.heartbeat', state: 'running', interval: 15000, demand: true, ...statistics, runs: 1216, last_usec: 12, mean_usec: 14, max_usec: 90, p99_usec: 31, last_run: nowUsec - 4e6, next_run: nowUsec + 11e6 }
  ]
}

const wave = (t, period, low, high) => low + ((high - low) * (1 + Math.sin((2 * Math.PI * t) / period))) / 2
const noise = (t, seed) => {
  const x = Math.sin(t * 12.9898 + seed * 78.233) * 43758.5453
  return x - Math.floor(x)
}

// The samples of one second.
export function samplesAt(type, t) {
  const user = wave(t, 71, 6, 34) + 6 * noise(t, 1)
  const system = wave(t, 53, 3, 12) + 3 * noise(t, 2)
  const iowait = noise(t, 3) > 0.85 ? 9 * noise(t, 4) : 0.4
  switch (type) {
    case 'system_info.cpu':
      return [{ payload: { usage: user + system + iowait, user, system, iowait, load1: wave(t, 90, 0.3, 1.9) } }]
    case 'system_info.core':
      return Array.from({ length: 8 }, (_, i) => ({
        key: `${i}`,
        payload: { core: `${i}`, usage: Math.min(100, wave(t + 9 * i, 40 + 7 * i, 2, 60) + 18 * noise(t, 10 + i)) }
      }))
    case 'system_info.memory':
      return [{ payload: { used: Math.round(wave(t, 240, 6.1e9, 7.6e9)), total: 16 * 2 ** 30, cached: 4.1e9 } }]
    case 'system_info.filesystem':
      return [
        ['/', 256060514304, 0.63],
        ['/home', 1000204886016, 0.915],
        ['/boot/efi', 535805952, 0.07],
        ['/srv/very/long/path/that/does/not/fit/in/a/column/of/the/table', 4000787030016, 0.24]
      ].map(([path, total, share]) => ({
        key: path,
        payload: { path, total, used: Math.round(total * share), usage: 100 * share }
      }))
    case 'system_info.network':
      return ['enp3s0', 'wlan0'].map((name, i) => ({
        key: name,
        payload: { interface: name, received: wave(t, 37 + 20 * i, 2e4, 3.4e6 / (1 + 9 * i)) * (0.6 + noise(t, 5 + i)), sent: wave(t, 61, 1e4, 4e5) * (0.5 + noise(t, 7 + i)) }
      }))
    case 'system_info.battery':
      return []
    default:
      return []
  }
}

export function unitRows(states) {
  return ['dbus.service', 'pipewire.service', 'backup.service', 'gvfs-daemon.service', 'syncthing.service', 'tracker-miner.service', 'xdg-portal.service', 'ssh-agent.service', 'mpd.service'].map((name, i) => ({
    name,
    state: states[name] ?? (i === 2 ? 'failed' : i === 5 ? 'inactive' : 'active'),
    memory: (i + 1) * 3.7e6,
    since: 1795340000000000 - i * 4.1e9
  }))
}

// Every state that a job can have; started and finished are microseconds.
export function jobRows(nowUsec) {
  const job = (id, module, method, title, state, began, took, more) => ({
    id, module, method, title, state, message: '', error: '', cancellable: state === 'running',
    started: nowUsec - began * 1e6, finished: took ? nowUsec - (began - took) * 1e6 : 0, ...more
  })
  return [
    job(12, 'services', 'services.check_all', 'Check 214 units', 'running', 34, 0, { progress: 0.45, message: 'syncthing.service' }),
    job(11, 'backup', '', 'Back up the photographs', 'running', 190, 0, { message: 'Looking for what changed' }),
    job(10, 'services', 'services.check_all', 'Check 3 units', 'cancelling', 60, 0, { progress: 0.8 }),
    job(9, 'services', 'services.check_all', 'Check 214 units', 'succeeded', 300, 12, { progress: 1 }),
    job(8, 'backup', '', 'Back up the letters', 'failed', 400, 3, { error: 'unavailable: The target /mnt/backup is not mounted' }),
    job(7, 'backup', '', 'Back up the music', 'cancelled', 500, 75, {})
  ]
}

export const moduleHistory = [
  { time: 1795340000000000, what: 'state', state: 'starting', generation: 1 },
  { time: 1795340000120000, what: 'state', state: 'ready', generation: 1 },
  { time: 1795340600000000, what: 'refused', state: 'ready', generation: 1, reason: 'backup.module: [Module] Version: is missing; it must stand' },
  { time: 1795341200000000, what: 'reload', state: 'ready', generation: 2 },
  { time: 1795341203000000, what: 'roll_back', state: 'ready', generation: 3, reason: 'It ended: Child process killed by signal 11' },
  { time: 1795344900000000, what: 'state', state: 'quarantined', generation: 7, reason: 'It failed 6 times in 60 s' }
]

export const identity = {
  hostname: 'compass', os: 'Debian GNU/Linux 12 (bookworm)', kernel: '6.1.0-28-amd64', cpu_model: 'AMD Ryzen 7 5800U with Radeon Graphics', threads: 16, memory: 16 * 2 ** 30, boot_time: 1795250000000000
}
