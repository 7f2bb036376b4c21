"""What was called at the payer's endpoints, in numbers and without a word of any message: the metrics of the guides."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from chartproof.desk.store import exchanged
from chartproof.desk.store.database import Store
from chartproof.desk.store.exchanged import Call


def counted(store: Store, *, since: datetime, until: datetime) -> Iterator[str]:
    """A line for each operation: how many calls and callers, each status, and the milliseconds within which 90 % ended."""
    with store.read() as connection:
        calls = exchanged.calls(connection, since=since, until=until)
    grouped: dict[str, list[Call]] = defaultdict(list)
    for one in calls:
        grouped[one.operation].append(one)
    yield f"{len(calls)} calls"
    for operation, held in sorted(grouped.items()):
        statuses = ", ".join(
            f"{status}: {number}" for status, number in sorted(Counter(c.status for c in held).items())
        )
        callers = len({one.client for one in held if one.client})
        spent = sorted(one.milliseconds for one in held)[max(0, -(-len(held) * 9 // 10) - 1)]
        yield f"{operation}  {len(held)} calls of {callers or 'unnamed'} callers; {statuses}; 90 % within {spent} ms"
