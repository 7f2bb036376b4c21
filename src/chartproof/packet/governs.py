"""Which rule set governs, in the words of the review page and of the package's cover."""

from __future__ import annotations

from chartproof.model import Review
from chartproof.packet.look import policy_number, sentence, stop


def governs_words(review: Review) -> list[str]:
    """At most four sentences: what governs, what the table uses instead, what to ask and what to confirm."""
    route = review.route
    if route is None:
        return []
    lines = [stop(sentence(route.says))]
    if len(route.order) > 1:
        lines[0] = stop(f"{sentence(route.says)}. The order is: {'; '.join(route.order)}")
    if route.policy and route.policy != review.policy_id:
        lines.append(
            f"The rows below are those of medical policy {policy_number(review)}, which the denial or the reader named."
        )
    if route.ask:
        asked = "; ".join(route.ask)
        lines.append(stop(f"Ask {asked}" if asked.startswith("which ") else f"Ask for {asked}"))
    if route.confirm:
        lines.append(stop(f"Confirm {route.confirm}"))
    return lines
