"""The counts that are compared with: a JSON file in the repository."""

import json

GROWTH = 1.10   # more than this fails
FALL = 0.90     # less than this is worth a new baseline


class Baseline:
    def __init__(self, path):
        self.path = path
        kept = json.loads(path.read_text()) if path.exists() else {}
        self.counted_with, self.instructions = kept.get("counted_with", {}), kept.get("instructions", {})

    def write(self, counted_with, counted):
        self.path.write_text(json.dumps({"counted_with": counted_with, "instructions": counted}, indent=2) + "\n")

    def ratio(self, name, now):
        """None: there is nothing to compare with."""
        return now / self.instructions[name] if self.instructions.get(name) else None

    def complaint(self, name, now):
        """Why this count must not pass; "" when it may."""
        ratio = self.ratio(name, now)
        if ratio is None:
            return f"{name} is not in {self.path}"
        if ratio <= GROWTH:
            return ""
        return (f"{name} has grown by {ratio - 1:.1%}, from {self.instructions[name]:,} to {now:,} instructions; "
                f"{GROWTH - 1:.0%} are allowed")
