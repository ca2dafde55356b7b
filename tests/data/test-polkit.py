# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""What the real polkit says about our actions, and about systemd's for our user.

Without arguments it asks the polkit on the system bus; with those of polkit-bus.sh it starts that.
"""
import os
import pathlib
import pwd
import subprocess
import sys

import gi

gi.require_version("Polkit", "1.0")
from gi.repository import Polkit  # noqa: E402

import tap  # noqa: E402

RECIPE = pathlib.Path(__file__).parent.parent / "recipes" / "polkit-bus.sh"
MANAGE_UNITS = "org.freedesktop.systemd1.manage-units"


def ask(action, user, **details):
    """(is authorized, is challenge) for a process of that user, without a login session."""
    authority = Polkit.Authority.get_sync(None)
    uid = pwd.getpwnam(user).pw_uid
    process = subprocess.Popen(["cat"], stdin=subprocess.PIPE, user=uid, group=65534,
                               extra_groups=[])
    try:
        subject = Polkit.UnixProcess.new_for_owner(process.pid, 0, uid)
        box = Polkit.Details()
        for key, value in details.items():
            box.insert(key, value)
        answer = authority.check_authorization_sync(subject, action, box,
                                                    Polkit.CheckAuthorizationFlags.NONE, None)
        return answer.get_is_authorized(), answer.get_is_challenge()
    finally:
        process.stdin.close()
        process.wait()


YES, ASK, NO = (True, False), (False, True), (False, False)


@tap.test
def everybody_may_observe():
    assert ask("org.binnacle.observe", "nobody") == YES


@tap.test
def control_needs_an_administrator():
    assert ask("org.binnacle.control", "nobody") == ASK


@tap.test
def admin_needs_an_administrator():
    assert ask("org.binnacle.admin", "nobody") == ASK


@tap.test
def the_defaults_are_as_promised():
    found = {action.get_action_id(): action
             for action in Polkit.Authority.get_sync(None).enumerate_actions_sync(None)}
    implicit = Polkit.ImplicitAuthorization
    asked = (implicit.ADMINISTRATOR_AUTHENTICATION_REQUIRED,
             implicit.ADMINISTRATOR_AUTHENTICATION_REQUIRED,
             implicit.ADMINISTRATOR_AUTHENTICATION_REQUIRED_RETAINED)
    wanted = {"observe": (implicit.AUTHORIZED,) * 3, "control": asked, "admin": asked}
    for level, defaults in wanted.items():
        action = found[f"org.binnacle.{level}"]
        assert (action.get_implicit_any(), action.get_implicit_inactive(),
                action.get_implicit_active()) == defaults, level


@tap.test
def the_hub_may_start_stop_restart_and_reload_units():
    for verb in ("start", "stop", "restart", "reload"):
        assert ask(MANAGE_UNITS, "binnacle", unit="cups.service", verb=verb) == YES, verb


@tap.test
def the_hub_may_do_nothing_else_with_units():
    for verb in ("set-property", "kill", "clean", "freeze", "reset-failed", "ref", ""):
        assert ask(MANAGE_UNITS, "binnacle", unit="cups.service", verb=verb) != YES, verb


@tap.test
def a_transient_unit_which_names_no_unit_is_refused():
    assert ask(MANAGE_UNITS, "binnacle") != YES
    assert ask(MANAGE_UNITS, "binnacle", verb="start") != YES
    assert ask(MANAGE_UNITS, "binnacle", unit="", verb="start") != YES
    assert ask(MANAGE_UNITS, "binnacle", unit="cups.service") != YES


@tap.test
def the_hub_may_not_change_unit_files():
    assert ask("org.freedesktop.systemd1.manage-unit-files", "binnacle", unit="cups.service",
               verb="start") != YES


@tap.test
def other_users_gain_nothing_by_the_rule():
    assert ask(MANAGE_UNITS, "nobody", unit="cups.service", verb="start") == ASK


def main():
    if len(sys.argv) == 1:
        return tap.main()
    if os.getuid() != 0:
        print("1..0 # SKIP polkitd can only be started by root")
        return 0
    return subprocess.run([RECIPE, *sys.argv[1:], sys.executable, "-B", __file__],
                          check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
