"""How far a job is, in words: for the page, and for its script that asks again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from chartproof.desk.progress import read_state
from chartproof.desk.store.files import File
from chartproof.desk.store.jobs import Job
from chartproof.model import Review

#: What a code of a failed job means to the person at the desk, by the beginning of the code.
REASONS = (
    ("CP-READ-03", "the case holds no file of a chart"),
    ("CP-READ", "the folder of files could not be read"),
    (
        "CP-CASE-04",
        "the treatment that was typed in has no label here: name another under Case, or choose a policy there",
    ),
    ("CP-CASE", "what was typed in under Case does not fit together"),
    ("CP-POL", "the policy of the case cannot be used: choose another under Case"),
    ("CP-WORK-07", "no process could be started to read the files"),
    ("CP-WORK", "the reading was stopped"),
    ("CP-EVID", "a quote does not stand on its page as it did: nothing was written. Read the files again"),
    ("CP-OUT", "the package could not be written"),
    ("CP-DESK-13", "the disk of the desk's store is full: free some space there"),
    ("CP-DESK-61", "its process ended three times before it was done"),
    ("CP-DESK-99", "the desk met a defect of its own"),
)
STATES = {"waiting": "waiting", "read": "read", "partly": "read in part", "refused": "not read"}


#: What the command line advises on its own file: at the desk the same is typed in under Case.
_ADVICE = re.compile(r"Add a line (?:such as )?'(\w+): [^']*' to case\.yaml(?: \([^)]*\))?\.")
_FIELDS = {"drug": "the treatment", "plan_type": "the kind of plan"}


def notes_of(review: Review) -> list[str]:
    """What a reader must know about the review's scope, with the desk's own advice."""

    def advised(found: re.Match[str]) -> str:
        return f"Enter {_FIELDS.get(found[1], 'it')} under Case."

    return [_ADVICE.sub(advised, note) for note in review.extra.get("notes", "").splitlines() if note]


def why(code: str) -> str:
    """The reason of a failure, with its code."""
    return next((f"{words} ({code})" for start, words in REASONS if code.startswith(start)), code)


def progress_of(job: Job, listed: Sequence[File] = ()) -> dict[str, Any]:
    """A job as the page and its script are told of it. `files` are the names and states, in the order of `listed`."""
    state = read_state(job.message)
    doing = {"waiting": "Waiting for its turn", "failed": f"It failed: {why(job.code)}.", "done": "Done"}.get(
        job.state, ""
    )
    if job.state == "waiting" and job.code:
        doing = f"It failed and is tried again soon: {why(job.code)}."
    if not doing:
        doing = (
            f"Reading {state.name}" if state.name else "Looking for what the pages say" if state.searching else "Begun"
        )
    files = []
    for number, file in enumerate(listed):
        done, total = state.files.get(number, (0, 0))
        words = STATES.get(file.state, file.state)
        if job.state == "running" and not state.searching:
            words = f"page {done} of {total}" if 0 < done < total else "read" if done else "waiting"
        files.append({"name": file.name, "words": words})
    ended = job.state not in ("waiting", "running")
    return {"state": job.state, "done": job.done, "total": job.total, "words": doing, "ended": ended, "files": files}
