#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Prints the rules of the bus for the interfaces that the hub and its modules have there."""
import configparser
import pathlib
import sys

STANDARD = ["org.freedesktop.DBus.Introspectable", "org.freedesktop.DBus.ObjectManager",
            "org.freedesktop.DBus.Peer", "org.freedesktop.DBus.Properties"]
# These are spoken on links, or by clients; nobody sends them to the hub's name.
NOT_ON_THE_BUS = {"org.binnacle.EventHandler1", "org.binnacle.ModuleHost1",
                  "org.binnacle.ModulePeer1"}


def of_hub(root):
    return {path.stem for path in root.glob("introspection/org.binnacle.*.xml")} - NOT_ON_THE_BUS


def of_modules(root):
    for path in root.glob("daemon/modules/*/*.module"):
        manifest = configparser.RawConfigParser(strict=False, interpolation=None)
        manifest.read(path, encoding="utf-8")
        module = manifest["Module"]
        if module.get("Interface") and "system" in module.get("Bus", "session;system").split(";"):
            yield module["Interface"]


def main():
    root = pathlib.Path(sys.argv[1])
    for interface in sorted(of_hub(root) | set(of_modules(root))) + STANDARD:
        print('    <allow send_destination="org.binnacle.Hub1"\n'
              f'           send_interface="{interface}"/>')


if __name__ == "__main__":
    main()
