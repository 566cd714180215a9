"""What a run that only looks would have written, kept in a file so that a later row meets what an earlier one has brought in."""

import pickle
import sqlite3


class Scratch:
    """People as a run that only looks would have left them, in a file of SQLite's that goes when it is closed."""

    def __init__(self):
        self.file = sqlite3.connect("")  # a temporary database on disk, in memory only as far as it fits the cache
        self.file.executescript(
            "CREATE TABLE person (number INTEGER PRIMARY KEY, origin INTEGER, state BLOB);"
            "CREATE INDEX person_origin ON person (origin);"
            "CREATE TABLE key (key TEXT, number INTEGER, PRIMARY KEY (key, number)) WITHOUT ROWID;"
        )

        self.is_empty = True

    def keep(self, people):
        people = list(people)
        self.is_empty = self.is_empty and not people
        states = ((one.number, one.origin, pickle.dumps(one)) for one in people)
        self.file.executemany("INSERT OR REPLACE INTO person VALUES (?, ?, ?)", states)
        self.file.executemany("INSERT OR IGNORE INTO key VALUES (?, ?)", ((key, one.number) for one in people for key in one.found_by()))

    def find(self, keys, numbers):
        numbers = set(numbers)
        ordered = list(keys)
        for start in range(0, len(ordered), 500):
            part = ordered[start : start + 500]
            marks = ",".join("?" * len(part))
            numbers |= {number for (number,) in self.file.execute(f"SELECT number FROM key WHERE key IN ({marks})", part)}
        wanted = list(numbers)
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            for (state,) in self.file.execute(f"SELECT state FROM person WHERE number IN ({marks})", part):
                yield pickle.loads(state)

    def number_of_row(self, row):
        found = self.file.execute("SELECT number FROM person WHERE origin = ?", [row]).fetchone()
        return found and found[0]

    def close(self):
        self.file.close()
