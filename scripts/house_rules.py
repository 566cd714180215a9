"""Rules of this house that no linter knows. Each came after a real mistake, or keeps a promise made elsewhere."""

import re
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Rule(NamedTuple):
    pattern: str
    files: str  # a glob
    reason: str
    exceptions: str = r"(?!)"  # a pattern of paths


# Mail programs know nothing else; and the preview of a text mail is a page of its own inside the admin.
MAILS = r"/(email|mail)s?/|/text_preview\.html"

RULES = [
    Rule(r"<style\b|\sstyle=", "templates/**/*.html", "no inline style: the site's content security policy refuses it", MAILS),
    Rule(r"<script(?![^>]*\bsrc=)|\son[a-z]+=\"", "templates/**/*.html", "no inline script, for the same reason", MAILS),
    Rule(
        r"""=["']?\{\{ *([a-z_]+\.)*(pk|id|number|seen) *\}\}""",
        "templates/**/*.html",
        "a number above 999 is written with a space, which no form and no address takes: |stringformat:'d'",
    ),
    Rule(r"https?://(?!www\.w3\.org/)", "static/css/**/*.css", "no third party: fonts and pictures are kept in the repository"),
    Rule(r"#[0-9a-fA-F]{3,8}\b", "static/css/components/**/*.css", "components use the colours of tokens.css, by role"),
    Rule(r"\b(date\.today|datetime\.now|datetime\.utcnow)\(\)", "[a-z]*/**/*.py", "use timezone.localdate() and timezone.now()"),
    Rule(
        r"^from (cms|newsletter|crm)\.models\.[a-z_]+ import",
        "[a-z]*/**/*.py",
        "import models from their package",
        r"/models/|/migrations/|^tests/",
    ),
    Rule(r"(?i)\b(todo|fixme|xxx)\b", "[a-z]*/**/*.py", "finish it, or write it down where work is planned", r"house_rules\.py"),
]


def breaches(rule):
    for path in sorted(ROOT.glob(rule.files)):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith("var/") or re.search(rule.exceptions, name):
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(rule.pattern, line):
                yield f"{name}:{number}: {rule.reason}: {line.strip()[:100]}"


if __name__ == "__main__":
    found = [breach for rule in RULES for breach in breaches(rule)]
    print(*found, sep="\n")
    sys.exit(bool(found))
