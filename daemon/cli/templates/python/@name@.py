#!/usr/bin/python3
"""The module @name@: greets people and counts it."""
import time

from binnacle import Error, Module, worker

KEPT_MAX = 20  # greetings that are remembered


class @Name@Module(Module):
    def __init__(self):
        super().__init__()
        self.greetings = []  # the last ones, as rows of list_greetings
        self.total = 0

    # A method of the interface: Greet is greet here, its arguments have their names, and what is
    # returned is its out argument.
    def greet(self, whom):
        whom = whom.strip()
        if not whom:
            raise Error("bad_payload", "say whom to greet: a name")
        greeting = {"whom": whom, "time": time.time_ns() // 1000}
        self.greetings.append(greeting)
        del self.greetings[:-KEPT_MAX]
        self.total += 1
        self.emit("greeted", **greeting)
        return f"Hello, {whom}!"

    def list_greetings(self):
        return self.greetings

    # One run of the manifest's worker of this name.
    @worker
    def count(self):
        self.emit_sample("total", greetings=self.total)

    # A new version takes over while the hub runs: this one is asked what the next one needs.
    def save_state(self, descriptors):
        return {"version": 1, "total": self.total, "greetings": self.greetings}

    # What another version saved may be anything: take what is understood.
    def restore_state(self, state, descriptors):
        if state.get("version") == 1:
            self.total = state["total"]
            self.greetings = state["greetings"]


if __name__ == "__main__":
    @Name@Module().run()
