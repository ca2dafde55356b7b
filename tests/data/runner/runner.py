#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Binnacle authors
"""A module for tests: starts programs."""
import os
import threading

from binnacle import Module


def first_line(descriptor):
    with open(descriptor, encoding="utf-8") as stream:
        return stream.readline().strip()


class Runner(Module):
    async def run_shell(self, script):
        reading, writing = os.pipe()
        try:
            unit = await self.launch("sh", "-c", script, description="A shell of a test",
                                     environment={"GREETING": "Ahoy"}, folder="/usr",
                                     stdout=writing)
        finally:
            os.close(writing)
        return unit, first_line(reading)

    async def run_in_terminal(self, script):
        master, slave = os.openpty()
        terminal = os.ttyname(slave)
        await self.launch("sh", "-c", script, terminal=terminal)
        os.close(slave)
        return first_line(master), terminal

    async def take_memory(self, mebibytes):
        self.taken = []
        for _ in range(mebibytes):
            self.taken.append(b"x" * (1 << 20))
            await self.sleep(0)  # it shall not seem to hang

    def start_threads(self, number):
        """How many there can be."""
        threading.stack_size(1 << 16)  # a whole one counts as memory
        end = threading.Event()
        threads = []
        try:
            while len(threads) < number:
                thread = threading.Thread(target=end.wait)
                thread.start()
                threads.append(thread)
        except RuntimeError:
            pass
        end.set()
        for thread in threads:
            thread.join()
        return len(threads)

    def write(self, path):
        try:
            with open(path, "w", encoding="utf-8") as stream:
                stream.write("x")
        except OSError as error:
            return os.strerror(error.errno)
        return ""


if __name__ == "__main__":
    Runner().run()
