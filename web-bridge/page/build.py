#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
# Builds the page with npm in the build folder: the source tree gets no node_modules. The copies keep
# their places, so that the tests of the page run beside them.
import argparse
import gzip
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

FOLDERS = ("web-bridge/page", "tests/page", "tests/fixtures")
INSTALLS = ("package.json", "package-lock.json", ".npmrc")
COMPRESSED = {".html", ".js", ".css", ".svg"}


def run(command, folder):
    done = subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed in {folder}:\n{done.stdout}")


def install_packages(page, tree, npm):
    tree.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(b"".join((page / name).read_bytes() for name in INSTALLS)).hexdigest()
    stamp = tree / "installed"
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return
    stamp.unlink(missing_ok=True)
    for name in INSTALLS:
        shutil.copyfile(page / name, tree / name)
    run([npm, "ci", "--ignore-scripts", "--no-fund", "--no-audit"], tree)
    stamp.write_text(digest, encoding="ascii")


def copy_sources(root, tree):
    """Copies the folders; returns every file and folder that was read."""
    read = []
    for folder in FOLDERS:
        target = tree / folder
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(root / folder, target,
                        ignore=shutil.ignore_patterns("node_modules", "dist", "__pycache__"))
        for path, _, names in os.walk(root / folder):
            if "node_modules" in path or "__pycache__" in path:
                continue
            read.append(path)
            read.extend(os.path.join(path, name) for name in names)
    return read


def compress(dist):
    for path in sorted(dist.rglob("*")):
        if path.suffix in COMPRESSED:
            data = gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
            path.with_name(path.name + ".gz").write_bytes(data)


def main():
    parser = argparse.ArgumentParser(description="Builds the page.")
    parser.add_argument("--root", type=pathlib.Path, required=True, help="the source tree")
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where it is built")
    parser.add_argument("--npm", required=True)
    parser.add_argument("--stamp", type=pathlib.Path, required=True)
    parser.add_argument("--depfile", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    tree = arguments.work.resolve() / "tree"
    dist = arguments.work.resolve() / "dist"

    install_packages(root / "web-bridge/page", tree, arguments.npm)
    read = copy_sources(root, tree)
    vite = tree / "node_modules/.bin/vite"
    run([str(vite), "build", "--outDir", str(dist), "--emptyOutDir"], tree / "web-bridge/page")
    compress(dist)
    arguments.depfile.write_text(
        f"{arguments.stamp}: " + " ".join(path.replace(" ", "\\ ") for path in read) + "\n",
        encoding="utf-8")
    arguments.stamp.write_text("", encoding="ascii")


if __name__ == "__main__":
    main()
