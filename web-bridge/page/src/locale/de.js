// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// German, with the words of po/de.po. A text with a number has two forms: one, and several.

export const plural = (count) => (count === 1 ? 0 : 1)

export const messages = {
  // Frame
  Overview: 'Überblick',
  Activity: 'Aktivität',
  Modules: 'Module',
  Workers: 'Aufgaben',
  Monitor: 'Überwachen',
  Control: 'Steuern',
  Desk: 'Schreibtisch',
  Hub: 'Hub',
  Pages: 'Seiten',
  More: 'Mehr',
  Search: 'Suchen',
  Settings: 'Einstellungen',
  'Keyboard shortcuts': 'Tastenkürzel',
  Cancel: 'Abbrechen',
  Close: 'Schließen',
  Dismiss: 'Ausblenden',
  Loading: 'Wird geladen',
  'Skip to the content': 'Zum Inhalt springen',
  'Pages and cards': 'Seiten und Karten',
  Results: 'Treffer',
  'Nothing is called “{text}”.': 'Nichts heißt „{text}“.',
  'This part of the page could not be loaded. Reload the page when the server is there.':
    'Dieser Teil der Seite konnte nicht geladen werden. Laden Sie die Seite neu, wenn der Server da ist.',

  // Connection
  'Connecting…': 'Verbindung wird hergestellt …',
  'Trying again…': 'Neuer Versuch …',
  'Trying again in {count} second': [
    'Neuer Versuch in {count} Sekunde',
    'Neuer Versuch in {count} Sekunden'
  ],
  'Try now': 'Jetzt versuchen',
  'Connected.': 'Verbunden.',
  Connected: 'Verbunden',
  'Not connected': 'Nicht verbunden',
  'No connection.': 'Keine Verbindung.',
  'The hub is not running.': 'Der Hub läuft nicht.',
  'The hub is not running. Values are of {time}.':
    'Der Hub läuft nicht. Die Werte sind von {time}.',
  'Reconnecting as soon as it is back.': 'Wird verbunden, sobald er wieder da ist.',
  'Connection lost. Values are of {time}.': 'Verbindung verloren. Die Werte sind von {time}.',
  'This page is older than the hub': 'Diese Seite ist älter als der Hub',
  'Reload it to get the version that fits.': 'Laden Sie sie neu, um die passende Fassung zu bekommen.',

  // Shortcuts
  or: 'oder',
  'Go to a page, in the order of the sidebar': 'Zu einer Seite gehen, in der Reihenfolge der Leiste',
  'The same, where the browser leaves these keys': 'Dasselbe, wo der Browser diese Tasten freigibt',
  'Filter this page, or search everywhere': 'Diese Seite filtern oder überall suchen',
  'Search pages and cards': 'Seiten und Karten suchen',
  'These shortcuts': 'Diese Tastenkürzel',
  'Pause or go on, in Activity': 'Anhalten oder fortfahren, in der Aktivität',
  'Read the values of a focused chart': 'Die Werte eines Diagramms ablesen, das den Fokus hat',
  'Move through rows': 'Durch Zeilen gehen',
  'Stop or remove what the row is about, after a question':
    'Anhalten oder entfernen, wovon die Zeile handelt, nach einer Frage',
  'Close, leave a field, go back': 'Schließen, ein Feld verlassen, zurückgehen',

  // Settings
  Appearance: 'Aussehen',
  'As the system': 'Wie das System',
  Light: 'Hell',
  Dark: 'Dunkel',
  'Charts show': 'Diagramme zeigen',
  '{count} minute': ['{count} Minute', '{count} Minuten'],
  Sizes: 'Größen',
  'As usual here': 'Wie hier üblich',
  Temperatures: 'Temperaturen',
  'Single-key shortcuts': 'Kürzel mit einer Taste',
  'Binnacle {version} · level “{level}”': 'Binnacle {version} · Stufe „{level}“',
  'Sign out': 'Abmelden',
  'Sign out?': 'Abmelden?',
  'To come back you need a new address from “binnacle open”.':
    'Um zurückzukommen, brauchen Sie eine neue Adresse von „binnacle open“.',

  // Cards
  'Try again': 'Erneut versuchen',
  'Start again': 'Wieder starten',
  'Show on the overview': 'Im Überblick zeigen',
  'Remove from the overview': 'Aus dem Überblick entfernen',
  'Show {card} on the overview': '{card} im Überblick zeigen',
  'Remove {card} from the overview': '{card} aus dem Überblick entfernen',
  'Show as a table': 'Als Tabelle anzeigen',
  'Show {card} as a table': '{card} als Tabelle anzeigen',
  'As of {time}': 'Stand: {time}',
  'This module failed too often and was stopped.':
    'Dieses Modul ist zu oft fehlgeschlagen und wurde angehalten.',
  'This module failed and will be started again shortly.':
    'Dieses Modul ist fehlgeschlagen und wird gleich wieder gestartet.',
  'Starting again': 'Startet wieder',
  'This module is starting.': 'Dieses Modul startet.',
  'This module is disabled.': 'Dieses Modul ist abgeschaltet.',
  'This module is not running.': 'Dieses Modul läuft nicht.',
  'This needs the level “{level}”.': 'Das verlangt die Stufe „{level}“.',
  'This needs the level “admin”.': 'Das verlangt die Stufe „admin“.',
  'This needs the level “{level}”; you have “{own}”.':
    'Das verlangt die Stufe „{level}“; Sie haben „{own}“.',
  'Nothing has been measured yet.': 'Noch wurde nichts gemessen.',
  'There is nothing to list.': 'Die Liste ist leer.',
  'This page does not know cards of the kind “{kind}”. Reload it.':
    'Diese Seite kennt keine Karten der Art „{kind}“. Laden Sie sie neu.',
  '{percent} of {limit}': '{percent} von {limit}',
  '{count} more': ['{count} weitere', '{count} weitere'],
  'Show {count} more': ['{count} weitere zeigen', '{count} weitere zeigen'],
  Other: 'Andere',
  Time: 'Zeit',
  '{title}: {values}. Axis from 0 to {top}, last {minutes} min.':
    '{title}: {values}. Achse von 0 bis {top}, letzte {minutes} min.',

  // Actions and forms
  Actions: 'Aktionen',
  'Running…': 'Läuft …',
  '{action}: done': '{action}: erledigt',
  '{action} “{object}”?': '„{object}“: {action}?',
  '{what}: {message}': '{what}: {message}',
  'One a line.': 'Eine Angabe je Zeile.',
  'A whole number is needed.': 'Hier gehört eine ganze Zahl hin.',
  'A number is needed.': 'Hier gehört eine Zahl hin.',
  'A number from {least} to {most} is needed.': 'Hier gehört eine Zahl von {least} bis {most} hin.',
  'JSON text of the type {type} is needed.': 'Hier gehört JSON-Text vom Typ {type} hin.',
  Filter: 'Filtern',
  'Filter {card}': '{card} filtern',
  'No row has “{text}”.': 'Keine Zeile enthält „{text}“.',

  // Conversation
  Send: 'Senden',
  Rooms: 'Räume',
  Somebody: 'Jemand',
  'Write a message': 'Eine Nachricht schreiben',
  'Message to {room}': 'Nachricht an {room}',
  'Nobody has written in “{room}” yet.': 'In „{room}“ hat noch niemand geschrieben.',

  // Overview and pages of modules
  'Nothing is pinned. Press the star of a card on any page to see it here.':
    'Nichts ist angeheftet. Drücken Sie auf irgendeiner Seite den Stern einer Karte, um sie hier zu sehen.',
  'There is no module “{name}” on this machine.': 'Auf diesem Rechner gibt es kein Modul „{name}“.',
  'This module has no cards.': 'Dieses Modul hat keine Karten.',

  // Modules
  Load: 'Laden',
  Reload: 'Neu laden',
  Unload: 'Entladen',
  Enable: 'Einschalten',
  Disable: 'Abschalten',
  Version: 'Version',
  Memory: 'Speicher',
  'CPU time': 'CPU-Zeit',
  Restarts: 'Neustarts',
  'Look for modules': 'Nach Modulen suchen',
  'The module folders were read again.': 'Die Ordner der Module wurden neu gelesen.',
  'There are no modules in the module folders.': 'In den Ordnern der Module ist kein Modul.',
  'Its cards and events are gone until it is loaded again.':
    'Seine Karten und Ereignisse fehlen, bis es wieder geladen wird.',
  'waits after a failure': 'wartet nach Fehler',
  'waits for approval': 'wartet auf Genehmigung',
  disabled: 'abgeschaltet',
  stopping: 'hält an',
  unavailable: 'nicht verfügbar',
  failed: 'fehlgeschlagen',
  invalid: 'ungültig',
  quarantined: 'in Quarantäne',
  ready: 'bereit',
  running: 'läuft',
  sleeping: 'schläft',
  starting: 'startet',
  stopped: 'angehalten',

  // Workers
  Start: 'Starten',
  Stop: 'Anhalten',
  Restart: 'Neu starten',
  'Run now': 'Jetzt ausführen',
  Statistics: 'Statistik',
  Runs: 'Läufe',
  Errors: 'Fehler',
  'Errors in a row': 'Fehler in Folge',
  Overruns: 'Überläufe',
  'Last run took': 'Letzter Lauf dauerte',
  Mean: 'Mittel',
  '99 of 100 within': '99 von 100 innerhalb von',
  Longest: 'Längster',
  'Last run': 'Letzter Lauf',
  'Next run': 'Nächster Lauf',
  'Last error': 'Letzter Fehler',
  'on demand': 'bei Bedarf',
  'Runs only while somebody watches': 'Läuft nur, solange jemand zusieht',
  'Filter workers': 'Aufgaben filtern',
  'No worker has “{text}”.': 'Keine Aufgabe enthält „{text}“.',
  'No module has workers.': 'Kein Modul hat Aufgaben.',
  'Nobody gets its values until it is started again.':
    'Niemand bekommt ihre Werte, bis sie wieder gestartet wird.',
  Interval: 'Intervall',
  'Interval of {name}': 'Intervall von {name}',
  'Change the interval of {name}': 'Das Intervall von {name} ändern',
  'Set the interval': 'Intervall setzen',
  Set: 'Setzen',
  Milliseconds: 'Millisekunden',
  '100 to 86400000. Who subscribes to a finer one still gets it.':
    '100 bis 86400000. Wer ein feineres abonniert, bekommt es weiterhin.',
  'Back to the module’s own': 'Zurück zu dem des Moduls',

  // Activity
  Pause: 'Anhalten',
  'Go on': 'Fortfahren',
  Clear: 'Leeren',
  'Pattern, such as module.*': 'Muster, etwa module.*',
  'Pattern of event types': 'Muster von Ereignistypen',
  'A pattern has small letters, digits and “_” between dots, or “*”: docker.* or *.state_changed':
    'Ein Muster hat Kleinbuchstaben, Ziffern und „_“ zwischen Punkten, oder „*“: docker.* oder *.state_changed',
  'Measurements too': 'Auch Messwerte',
  'They wake the workers that measure.': 'Sie wecken die Aufgaben, die messen.',
  'Paused. {count} new event': [
    'Angehalten. {count} neues Ereignis',
    'Angehalten. {count} neue Ereignisse'
  ],
  'No event matches “{pattern}” yet.': 'Noch passt kein Ereignis zu „{pattern}“.',
  'Nothing has happened yet. Events appear here as they come.':
    'Noch ist nichts geschehen. Ereignisse erscheinen hier, wenn sie kommen.',
  '{dropped} older events are no longer kept here; {skipped} measurements were merged.':
    '{dropped} ältere Ereignisse sind hier nicht mehr aufbewahrt; {skipped} Messwerte wurden zusammengefasst.',

  // Values
  yes: 'ja',
  no: 'nein',
  d: 'd',
  h: 'h',
  min: 'min',
  s: 's',
  ms: 'ms',
  µs: 'µs',

  // Jobs
  Jobs: 'Vorgänge',
  Events: 'Ereignisse',
  'No jobs': 'Keine Vorgänge',
  'What takes longer than a moment is shown here while it runs, and ten minutes after.':
    'Was länger als einen Augenblick dauert, steht hier, solange es läuft, und zehn Minuten danach.',
  Running: 'Läuft',
  'Cancelling…': 'Wird abgebrochen …',
  Done: 'Fertig',
  Cancelled: 'Abgebrochen',
  Failed: 'Fehlgeschlagen',
  'Failed: {reason}': 'Fehlgeschlagen: {reason}',
  '{action}: started': '{action}: gestartet',
  '{count} job runs': ['{count} Vorgang läuft', '{count} Vorgänge laufen'],
  Result: 'Ergebnis',
  Log: 'Protokoll',
  'Nothing was logged yet': 'Noch wurde nichts protokolliert',
  'Nothing was logged': 'Es wurde nichts protokolliert',
  'The log cannot be read': 'Das Protokoll kann nicht gelesen werden',
  'This job is forgotten.': 'Dieser Vorgang ist vergessen.',

  // Approval, history and facts of modules
  'Review…': 'Prüfen …',
  Approve: 'Genehmigen',
  'Let {module} run?': '{module} ausführen lassen?',
  'Beyond its own folders, it asks to': 'Über seine eigenen Ordner hinaus möchte es',
  'It asks for nothing beyond its own folders.':
    'Es verlangt nichts außer seinen eigenen Ordnern.',
  '{right} (as before)': '{right} (wie bisher)',
  'use the network': 'das Netzwerk benutzen',
  'read {what}': '{what} lesen',
  'read and write {what}': '{what} lesen und schreiben',
  'ask for {what}, with the rights of an administrator':
    '{what} anfragen, mit den Rechten eines Verwalters',
  'ask for everything, with the rights of an administrator':
    'alles anfragen, mit den Rechten eines Verwalters',
  'talk to {what} on the bus': 'mit {what} auf dem Bus sprechen',
  'start programs that are not confined': 'Programme starten, die nicht eingeschränkt sind',
  'do all that you may do: it is not confined':
    'alles tun, was Sie dürfen: Es ist nicht eingeschränkt',
  Details: 'Einzelheiten',
  'This module waits for you to approve what it asks for.':
    'Dieses Modul wartet darauf, dass Sie genehmigen, was es verlangt.',
  'This module is stopping.': 'Dieses Modul wird angehalten.',
  'It waits for you to approve what it asks for.':
    'Es wartet darauf, dass Sie genehmigen, was es verlangt.',
  'A new version asks for more; it waits for you to approve that.':
    'Eine neue Version verlangt mehr; sie wartet darauf, dass Sie das genehmigen.',
  'Runs the previous version.': 'Die vorige Version läuft.',
  'Runs the previous version: {reason}': 'Die vorige Version läuft: {reason}',
  'in {time}': 'in {time}',
  Since: 'Seit',
  'Next start': 'Nächster Start',
  Process: 'Prozess',
  Generation: 'Generation',
  'Open descriptors': 'Offene Deskriptoren',
  'Failures in the last minute': 'Fehler in der letzten Minute',
  none: 'keiner',
  'History…': 'Verlauf …',
  '{module}: history': '{module}: Verlauf',
  'Nothing happened yet': 'Noch ist nichts geschehen',
  reloaded: 'neu geladen',
  'rolled back': 'zurückgenommen',
  refused: 'abgelehnt',
  'over a limit': 'über einer Grenze',
  'no. {number}': 'Nr. {number}',

  // Devices and pairing
  Name: 'Name',
  Devices: 'Geräte',
  'This browser is not paired': 'Dieser Browser ist nicht gekoppelt',
  Code: 'Code',
  'Name of this device': 'Name dieses Geräts',
  'Pairing…': 'Wird gekoppelt …',
  Pair: 'Koppeln',
  'On the machine, this command shows a code, and a picture to scan with a phone:':
    'Am Rechner zeigt dieser Befehl einen Code und ein Bild, das ein Telefon scannt:',
  'The desktop client has it under Devices. A code works once, for two minutes.':
    'Das Desktop-Programm hat es unter Geräte. Ein Code gilt einmal, zwei Minuten lang.',
  'A code has eight letters, such as BCDF-GHJK.': 'Ein Code hat acht Buchstaben, etwa BCDF-GHJK.',
  'That code is not known: it is wrong, was used, or has expired. Get a new one.':
    'Diesen Code gibt es nicht: Er ist falsch, benutzt oder abgelaufen. Holen Sie einen neuen.',
  'Too many wrong tries. Wait a minute, then try again.':
    'Zu viele falsche Versuche. Warten Sie eine Minute und versuchen Sie es dann wieder.',
  'This device': 'Dieses Gerät',
  'Ask for more…': 'Um mehr bitten …',
  'Log out': 'Abmelden',
  'Paired devices': 'Gekoppelte Geräte',
  'To see the others needs the level “{level}”.': 'Die anderen zu sehen braucht die Stufe „{level}“.',
  'No device is paired. On the machine, “binnacle pair” invites one.':
    'Kein Gerät ist gekoppelt. Am Rechner lädt „binnacle pair“ eines ein.',
  'Last used {time}': 'Zuletzt benutzt {time}',
  '{count} session': ['{count} Sitzung', '{count} Sitzungen'],
  'Change…': 'Ändern …',
  'Change {name}': '{name} ändern',
  'Revoke…': 'Ausschließen …',
  'Revoke {name}': '{name} ausschließen',
  Revoke: 'Ausschließen',
  Change: 'Ändern',
  'This is the device that you use now: it has to be paired again.':
    'Das ist das Gerät, das Sie gerade benutzen: Es muss neu gekoppelt werden.',
  'It is put out at once and has to be paired again.':
    'Es wird sofort ausgeschlossen und muss neu gekoppelt werden.',
  Connections: 'Verbindungen',
  'Not logged in': 'Nicht angemeldet',
  Subscriptions: 'Abonnements',
  Sent: 'Gesendet',
  Waiting: 'Wartet',
  'Other machines': 'Andere Rechner',
  'Only this machine can reach the page': 'Nur dieser Rechner erreicht die Seite',
  'Other machines can reach the page': 'Andere Rechner erreichen die Seite',
  'At the machine, “binnacle access expose” lets others in, over TLS.':
    'Am Rechner lässt „binnacle access expose“ andere ein, über TLS.',
  'Fingerprint (SHA-256)': 'Fingerabdruck (SHA-256)',
  'Close…': 'Schließen …',
  'Devices that come from other machines lose their connection, this one too if it does.':
    'Geräte, die von anderen Rechnern kommen, verlieren ihre Verbindung, auch dieses, wenn es so kommt.',
  'What it may do': 'Was es darf',
  'More than it has can be given at the machine only.':
    'Mehr, als es hat, kann nur am Rechner gegeben werden.',
  'Asked on the page “Devices”': 'Auf der Seite „Geräte“ erbeten',
  'Ask at the machine': 'Am Rechner fragen',
  'Confirm at the machine': 'Am Rechner bestätigen',
  'The machine asks whether this device may do that. It must show this number:':
    'Der Rechner fragt, ob dieses Gerät das darf. Er muss diese Zahl zeigen:',
  'In the desktop client, or with “{command}” in a terminal.':
    'Im Desktop-Programm oder mit „{command}“ in einem Terminal.',
  '{count} second left': ['Noch {count} Sekunde', 'Noch {count} Sekunden'],
  'Confirmed: this device may “{level}” for a while.':
    'Bestätigt: Dieses Gerät darf eine Weile „{level}“.',
  'Nobody at the machine confirmed it.': 'Niemand am Rechner hat es bestätigt.',
  'This device may “{level}” for {time}.': 'Dieses Gerät darf {time} lang „{level}“.'
}
