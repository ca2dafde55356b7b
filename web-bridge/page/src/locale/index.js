// SPDX-License-Identifier: GPL-3.0-or-later
// SPDX-FileCopyrightText: 2026 The Binnacle authors
// Texts: English stands in place, a table per language translates it. Loaded once, before the page.

const languages = { de: () => import('./de.js') }

let table = {}
let plural = (count) => (count === 1 ? 0 : 1)

// "de-AT" as the machine calls it: "de_AT".
function posixName(tag) {
  const { language, region } = new Intl.Locale(tag)
  return region ? `${language}_${region}` : language
}

// Returns the name of the language for the hub, which translates what modules are called.
export async function loadLocale(wanted = navigator.languages) {
  for (const tag of wanted) {
    const language = tag.toLowerCase().split('-')[0]
    if (language === 'en') break
    if (!languages[language]) continue
    const module = await languages[language]()
    table = module.messages
    plural = module.plural
    document.documentElement.lang = language
    return posixName(tag)
  }
  document.documentElement.lang = 'en'
  return 'en'
}

function fill(text, values) {
  return values ? text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all) : text
}

// t('As of {time}', { time })
export function t(text, values) {
  return fill(table[text] ?? text, values)
}

// tn('{count} module', '{count} modules', 3)
export function tn(one, many, count, values) {
  const forms = table[one]
  const text = Array.isArray(forms) ? forms[plural(count)] : count === 1 ? one : many
  return fill(text, { count, ...values })
}
