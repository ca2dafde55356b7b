# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Translations are well-formed, and the hub describes itself and a module in German."""
import pathlib
import re
import subprocess
import sys

import private_bus
import tap

PO, BINNACLED, MODULES = sys.argv[1:4]
LANGUAGES = [line for line in pathlib.Path(PO, "LINGUAS").read_text(encoding="utf-8").splitlines()
             if line and not line.startswith("#")]
RULES = ("<policy context='default'><allow user='*'/><allow eavesdrop='true'/>"
         "<allow send_destination='*' eavesdrop='true'/><allow own='*'/></policy>")


def describe(name, locale):
    with private_bus.PrivateBus("session", lambda folder: RULES) as bus:
        environment = dict(bus.environment, BINNACLE_MODULE_PATH=MODULES)
        hub = subprocess.Popen([BINNACLED, "--session"], env=environment)
        try:
            subprocess.run(["gdbus", "wait", "--session", "--timeout", "20", private_bus.HUB],
                           env=environment, check=True)
            connection = bus.connect()
            variant = private_bus.GLib.Variant
            payload = {"name": variant("s", name)}
            if locale:
                payload["locale"] = variant("s", locale)
            answer = private_bus.request(connection, "module.describe", payload)
            connection.close_sync()
            return answer
        finally:
            hub.terminate()
            hub.wait()


def card(description, identifier):
    return next(card for card in description["cards"] if card["id"] == identifier)


def fields(description, event):
    event = next(each for each in description["events"] if each["name"] == event)
    return {field["name"]: field["label"] for field in event["fields"]}


@tap.test
def a_module_is_described_in_german():
    german = describe("system_info", "de_DE.UTF-8")
    assert german["summary"] == "Was dieser Rechner ist und wie beschäftigt er ist", german
    assert card(german, "memory_use")["title"] == "Speichernutzung"
    assert card(german, "filesystems")["labels"][:2] == ["Pfad", "Auslastung"]
    assert fields(german, "cpu")["load5"] == "Last, 5 Minuten"


@tap.test
def without_a_locale_it_is_described_in_english():
    for locale in (None, "C", "fr_FR.UTF-8"):
        english = describe("system_info", locale)
        assert english["summary"] == "What this machine is and how busy it is", english
        assert card(english, "filesystems")["labels"][:2] == ["Path", "Usage"]


@tap.test
def the_hub_is_described_in_german():
    german = describe("hub", "de")
    assert german["summary"] == "Der Ereignisbus, die Module und die Aufgaben dieses Rechners"


@tap.test
def translations_are_well_formed():
    for language in LANGUAGES:
        done = subprocess.run(["msgfmt", "--check", "--output-file=/dev/null",
                               f"{PO}/{language}.po"], capture_output=True, text=True, check=False)
        assert done.returncode == 0 and not done.stderr, done.stderr


@tap.test
def lists_have_as_many_entries_as_the_original():
    entry = re.compile(r'^msgid "(.*)"\nmsgstr "(.*)"$', re.MULTILINE)
    for language in LANGUAGES:
        text = subprocess.run(["msgcat", "--no-wrap", "--no-location", f"{PO}/{language}.po"],
                              capture_output=True, text=True, check=True).stdout
        lists = [pair for pair in entry.findall(text) if re.search(r"\S;\S", pair[0])]
        assert lists
        for original, translated in lists:
            if "; " not in original and translated:
                assert original.count(";") == translated.count(";"), (original, translated)


if __name__ == "__main__":
    sys.exit(tap.main())
