"""What a run of the sale benchmark measured: rows by name, medians over rounds, ratios by round."""
import json
import statistics


class Figures:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            run = json.load(file)
        self.machine, self.failed = run["machine"], run["failed"]
        self.load = (run["load_before"], run["load_after"])
        self.rows, self.durability = {}, {}
        for row in run["rows"]:
            key = (row["scenario"], row["contestant"], row["at"])
            self.durability[row["scenario"], row["contestant"]] = row["durability"]
            for name, value in row["values"].items():
                self.rows.setdefault(key, {}).setdefault(name, {})[row["round"]] = value

    def rounds(self, scenario, contestant, at, name):
        """The values of a figure by round; empty where it was not measured."""
        return self.rows.get((scenario, contestant, at), {}).get(name, {})

    def median(self, scenario, contestant, at, name):
        values = self.rounds(scenario, contestant, at, name).values()
        return statistics.median(values) if values else None

    def spread(self, scenario, contestant, at, name):
        """(median, least, most), or None."""
        return spread(self.rounds(scenario, contestant, at, name).values())

    def ratio(self, over, under):
        """(median, least, most) of over / under, round by round. Each is (scenario, contestant, at,
        name)."""
        above, below = self.rounds(*over), self.rounds(*under)
        return spread([above[n] / below[n] for n in above if below.get(n)])

    def contestants(self, scenario, at=None):
        found = []
        for where, contestant, place in self.rows:
            if where == scenario and at in (None, place) and contestant not in found:
                found.append(contestant)
        return found

    def places(self, scenario, contestant):
        return [at for where, who, at in self.rows if (where, who) == (scenario, contestant)]


def spread(values):
    values = list(values)
    return (statistics.median(values), min(values), max(values)) if values else None


NAMES = {
    "array": "arrays in memory",
    "disk": "fdatasync of the same bytes",
    "sqlite": "SQLite, a transaction each",
    "sqlite_batch": "SQLite, sorted batches",
    "sqlite_rows": "SQLite, our rows blindly",
    "redis_off": "Redis, AOF off",
    "redis_off_batch": "Redis, AOF off, 100 a script",
    "redis_always": "Redis, AOF always",
    "redis_always_batch": "Redis, AOF always, 100 a script",
    "postgres": "PostgreSQL, one statement",
    "postgres_service": "PostgreSQL, SELECT FOR UPDATE",
    "postgres_set": "PostgreSQL, set-based",
    "ours": "SeatHold, journal",
    "ours_shared": "SeatHold, shared file",
    "ours_memory": "SeatHold, memory",
}


def number(value):
    """Three digits, with k and M."""
    for size, unit in ((1e6, " M"), (1e3, " k")):
        if abs(value) >= size:
            return f"{value / size:.3g}{unit}" if value < 1e3 * size else f"{value / size:.0f}{unit}"
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"
