#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
# Installs the built page: install.py DIST TARGET, the target below DESTDIR.
import os
import pathlib
import shutil
import sys

dist = pathlib.Path(sys.argv[1])
target = pathlib.Path(os.environ.get("DESTDIR", "") + sys.argv[2])
shutil.rmtree(target, ignore_errors=True)
shutil.copytree(dist, target)
