#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""A module with a method and an event for each level."""
from binnacle import Module


class Vault(Module):
    def look(self):
        pass

    def touch(self):
        pass

    def open(self):
        for event in ("opened", "touched", "looked"):
            self.emit(event, by="vault")


Vault().run()
