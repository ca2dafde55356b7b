#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
# g-ir-scanner in a build with sanitizers: the program that it makes and runs has them from the
# library only, which comes after others.
ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0 exec g-ir-scanner "$@"
