/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SPDX-FileCopyrightText: 2026 The Binnacle authors */
/* BN_SANITIZED: 1 in a build with AddressSanitizer, which is for tests. What it needs of a process
 * is allowed in such a build only: its settings and its runtime in the environment, ptrace() to
 * look for leaks, and address space that is reserved but never used. */
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define BN_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BN_SANITIZED 1
#endif
#endif
#ifndef BN_SANITIZED
#define BN_SANITIZED 0
#endif
