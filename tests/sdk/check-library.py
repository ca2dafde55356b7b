#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""What the SDK's library shows to the world: symbols, dependencies, headers, reference."""
import argparse
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

# What every module loads; more would cost every module.
ALLOWED_LIBRARIES = {"libc.so.6", "libgio-2.0.so.0", "libglib-2.0.so.0", "libgobject-2.0.so.0"}
NOT_STARTED_BY_HUB = 2


def run(*command, **options):
    """The output of a command; AssertionError with all of it if it fails."""
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          **options)
    assert done.returncode == 0, f"{shlex.join(map(str, command))}: {done.stdout}"
    return done.stdout


def exported(library):
    lines = run("nm", "-D", "--defined-only", library).splitlines()
    return {line.split()[2].split("@")[0] for line in lines if line.split()[1] == "T"}


def check_symbols(paths):
    """It exports what the headers declare, and nothing else."""
    introspection = xml.etree.ElementTree.parse(paths.gir).getroot()
    namespaces = {"core": "{http://www.gtk.org/introspection/core/1.0}",
                  "c": "{http://www.gtk.org/introspection/c/1.0}",
                  "glib": "{http://www.gtk.org/introspection/glib/1.0}"}
    declared = {element.get(namespaces["c"] + "identifier") for element in introspection.iter()
                if element.tag.removeprefix(namespaces["core"]) in ("function", "method",
                                                                    "constructor")}
    declared |= {element.get(namespaces["glib"] + "get-type") for element in introspection.iter()}
    declared = {name for name in declared if name and name.startswith("bn_")}
    assert len(declared) > 30, f"only {len(declared)} functions found"
    assert exported(paths.library) == declared, (
        f"not declared: {exported(paths.library) - declared}, "
        f"not exported: {declared - exported(paths.library)}")


def check_dependencies(paths):
    """It loads GLib, GObject and GIO only, and has a version in its name."""
    dynamic = run("readelf", "-d", paths.library)
    needed = set(re.findall(r"\(NEEDED\).*\[(.+)\]", dynamic))
    assert needed <= ALLOWED_LIBRARIES, f"it loads {needed - ALLOWED_LIBRARIES} too"
    assert re.search(r"\(SONAME\).*\[libbinnacle-module-1\.so\.\d+\]", dynamic), dynamic


def check_readme(paths):
    """The C example of the README builds from the installed headers, and says who starts it."""
    text = (paths.source / "README.md").read_text(encoding="utf-8")
    example = re.search(r"```c\n(.*?)```", text, re.DOTALL).group(1)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        include = folder / "binnacle-module-1"
        (include / "sdk").mkdir(parents=True)
        (include / "introspection").mkdir()
        shutil.copy(paths.source / "daemon/sdk/binnacle-module.h", include)
        for name in ("call.h", "job.h", "module.h", "payload.h", "run.h"):
            shutil.copy(paths.source / "daemon/sdk" / name, include / "sdk")
        shutil.copy(paths.library.parent / "version.h", include / "sdk")
        shutil.copy(paths.source / "introspection/error.h", include / "introspection")
        (folder / "dice.c").write_text(example, encoding="utf-8")
        flags = run("pkg-config", "--cflags", "--libs", "gio-2.0", "gio-unix-2.0").split()
        run("cc", "-Wall", "-Wextra", "-Werror", "-Wno-unused-parameter", f"-I{include}",
            folder / "dice.c", "-o", folder / "dice", paths.library, *flags)
        environment = {key: value for key, value in os.environ.items()
                       if key != "BINNACLE_MODULE_FD"}
        environment["LD_LIBRARY_PATH"] = str(paths.library.parent)
        done = subprocess.run([folder / "dice"], env=environment, text=True, timeout=20,
                              stderr=subprocess.PIPE, check=False)
        assert done.returncode == NOT_STARTED_BY_HUB, done
        assert "started by the hub" in done.stderr, done.stderr


def check_reference(paths):
    """Everything is documented, and the reference is made without a warning."""
    config = paths.source / "daemon/sdk/reference.toml"
    run("gi-docgen", "check", "--quiet", "--fatal-warnings", "--config", config, paths.gir)
    with tempfile.TemporaryDirectory() as folder:
        run("gi-docgen", "generate", "--quiet", "--fatal-warnings", "--no-namespace-dir",
            "--config", config, "--content-dir", config.parent, "--output-dir", folder,
            "--content-dir", paths.library.parent, "--content-dir", paths.library.parent / "python",
            paths.gir)
        assert (pathlib.Path(folder) / "class.Module.html").exists()
        text = (pathlib.Path(folder) / "python.html").read_text(encoding="utf-8")
        for name in ("emit_sample", "save_state", "request", "wait_for", "assertFails"):
            assert name in text, f"the Python side has no {name}"
        text = (pathlib.Path(folder) / "manifest.html").read_text(encoding="utf-8")
        assert "Destructive" in text, "the keys of the manifest are missing"


CHECKS = (check_symbols, check_dependencies, check_readme, check_reference)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=pathlib.Path, help="the top of the source tree")
    parser.add_argument("library", type=pathlib.Path)
    parser.add_argument("gir", type=pathlib.Path)
    paths = parser.parse_args()
    failed = 0
    print(f"1..{len(CHECKS)}")
    for number, check in enumerate(CHECKS, 1):
        try:
            check(paths)
        except AssertionError as error:
            failed += 1
            print(f"not ok {number} - {check.__doc__}")
            print("\n".join("# " + line for line in str(error).splitlines()), flush=True)
        else:
            print(f"ok {number} - {check.__doc__}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
