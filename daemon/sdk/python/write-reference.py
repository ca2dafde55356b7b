#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""Writes the Python side of the SDK's reference as Markdown, from its docstrings: what is listed in
__all__, and of a class what has no underscore. What has no docstring is an error."""
import ast
import inspect
import pathlib
import sys


def docstring(node, what):
    text = ast.get_docstring(node)
    if not text:
        sys.exit(f"{what} has no docstring")
    return inspect.cleandoc(text)


def signature(function):
    arguments = ast.unparse(function.args)
    for first in ("self, /, ", "self, ", "self"):
        if arguments.startswith(first):
            arguments = arguments.removeprefix(first)
            break
    return f"{function.name}({arguments})"


def is_property(function):
    return any(isinstance(decorator, ast.Name) and decorator.id == "property"
               for decorator in function.decorator_list)


def is_setter(function):
    return any(isinstance(decorator, ast.Attribute) and decorator.attr == "setter"
               for decorator in function.decorator_list)


def members(node):
    """The public methods and properties of a class; what unittest calls needs no manual."""
    for item in node.body:
        if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)) and not is_setter(item) \
                and not item.name.startswith("_") and item.name not in ("setUp", "tearDown"):
            yield item


def write_class(node, out):
    out.append(f"## {node.name}\n")
    out.append(docstring(node, node.name) + "\n")
    for function in members(node):
        what = function.name if is_property(function) else signature(function)
        out.append(f"### `{what}`\n")
        out.append(docstring(function, f"{node.name}.{function.name}") + "\n")


def write_module(path, out):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    public = next(ast.literal_eval(node.value) for node in tree.body
                  if isinstance(node, ast.Assign) and node.targets[0].id == "__all__")
    out.append(f"# import {path.name.split('.')[0]}\n")
    out.append(docstring(tree, path.name) + "\n")
    for node in tree.body:
        if getattr(node, "name", None) not in public:
            continue
        if isinstance(node, ast.ClassDef):
            write_class(node, out)
        elif isinstance(node, ast.FunctionDef):
            out.append(f"## `{signature(node)}`\n")
            out.append(docstring(node, node.name) + "\n")


def main():
    out = ["Title: The SDK in Python\nSlug: python\n"]
    for name in sys.argv[2:]:
        write_module(pathlib.Path(name), out)
    pathlib.Path(sys.argv[1]).write_text("\n".join(out), encoding="utf-8")


main()
