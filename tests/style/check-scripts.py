# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""shellcheck finds nothing in any shell script."""
import re
import shutil
import subprocess
import sys

import rules

SHELL = re.compile(r"^#!.*\b(bash|sh)$")


def shell_of(path, text):
    """The dialect of a script, None if it is none."""
    match = SHELL.match(text.split("\n", 1)[0])
    if match:
        return match.group(1)
    return "bash" if path.startswith("data/completions/") else None


@rules.rule("shellcheck is content with every script:",
            bad={"a.sh": "#!/bin/bash\nrm $1\n", "data/completions/a": "x() { echo $1; }\n"},
            good={"a.sh": '#!/bin/bash\nrm -- "$1"\n', "a.txt": "rm $1\n"})
def shellcheck(tree):
    program = shutil.which("shellcheck")
    if program is None:
        raise rules.Skip("shellcheck is not installed")
    for path in tree.paths():
        shell = shell_of(path, tree.text(path))
        if shell is None or "meson.build" in path:
            continue
        done = subprocess.run([program, "--norc", f"--shell={shell}", "--format=gcc", "-"],
                              input=tree.text(path), capture_output=True, text=True, check=False)
        for finding in done.stdout.splitlines():
            line, _, message = finding.removeprefix("-:").split(":", 2)
            yield path, int(line), message.strip()


@rules.rule("A script of bash stops at the first error:",
            bad={"a.sh": "#!/bin/bash\nfalse\n"},
            good={"a.sh": "#!/bin/bash\nset -euo pipefail\n",
                  "b.sh": "#!/bin/bash\n# one command\nexec true\n"})
def strict_mode(tree):
    for path in tree.paths():
        text = tree.text(path)
        if shell_of(path, text) != "bash" or not text.startswith("#!"):
            continue
        code = [line for line in text.splitlines() if line and not line.startswith("#")]
        if "set -euo pipefail" not in code and not (len(code) == 1 and code[0].startswith("exec ")):
            yield path, 1, "set -euo pipefail is missing"


if __name__ == "__main__":
    sys.exit(rules.main())
