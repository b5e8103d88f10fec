"""A pack whose checks misbehave in the ways of Python, or look around."""

import json
import os
import socket
import sys
import time

from componentize_py_types import Err
from wit_world import exports
from wit_world.exports.checks import CheckInfo, PackInfo
from wit_world.imports import context, database
from wit_world.imports.report import Failure_Database, Failure_NotApplicable, Report, Status


def with_summary(summary: str) -> Report:
    return Report(Status.OK, summary, [], [])


def ask(sql: str):
    return database.query(sql, [], database.QueryOptions(None, None))


class Bodies:
    def types(self) -> Report:
        """Every way in which a query's values arrive."""
        result = ask("select cast(7 as integer) as whole, 2.5 as part, 'Zoë' as name, null as empty")
        return with_summary(f"{[column.name for column in result.columns]} {result.rows}")

    def uncaught(self) -> Report:
        return with_summary({}["total"])

    def thrown_text(self) -> Report:
        raise ValueError("the moon is in the wrong phase")

    def bad_sql(self) -> Report:
        """What a query raises is an error of the contract; not caught, it has to be told all the same."""
        ask("select * from no_such_table")
        return with_summary("not reached")

    def told(self) -> Report:
        """What the README recommends instead."""
        try:
            ask("select * from no_such_table")
        except Err as error:
            raise Err(Failure_Database(error.value))

    def failure(self) -> Report:
        raise Err(Failure_NotApplicable("there are no replicas"))

    def wrong_report(self) -> Report:
        return with_summary(5)

    def exits(self) -> Report:
        sys.exit(3)

    def endless(self) -> Report:
        while True:
            pass

    def recursion(self) -> Report:
        return self.recursion()

    def memory(self) -> Report:
        hoard = []
        while True:
            hoard.append(bytearray(1024 * 1024))

    def surroundings(self) -> Report:
        return with_summary(
            json.dumps(
                {
                    "arguments": sys.argv[1:],
                    "environment": {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
                    "clock_is_the_runs": abs(time.time() - context.now() / 1e6) < 0.001,
                    "passwd": attempt(lambda: open("/etc/passwd").read()),
                    "write": attempt(lambda: open("/tmp/x", "w").write("x")),
                    "root": attempt(lambda: os.listdir("/")),
                    "connect": attempt(lambda: socket.create_connection(("127.0.0.1", 5432), 1)),
                    "resolve": attempt(lambda: socket.getaddrinfo("example.org", 80)),
                    "listen": attempt(lambda: socket.create_server(("127.0.0.1", 0))),
                    "fork": attempt(lambda: os.fork()),
                }
            )
        )

    def sleeps(self) -> Report:
        time.sleep(3600)
        return with_summary("rested")

    def prints(self) -> Report:
        for number in range(100_000):
            print(f"line {number} \x1b[31m")
        return with_summary("printed")


def attempt(action) -> str:
    try:
        return f"allowed: {action()!r}"
    except BaseException as error:
        return type(error).__name__


class Checks(exports.Checks):
    def describe(self) -> PackInfo:
        ids = [name for name in vars(Bodies) if not name.startswith("_")]
        checks = [CheckInfo(id, id, "", [], [], [], [], [], 60, False) for id in ids]
        return PackInfo("hostile-py", "0.1.0", "Misbehaves.", checks)

    def run(self, check: str) -> Report:
        return getattr(Bodies(), check)()
