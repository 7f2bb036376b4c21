"""Which rule set governs a case, by the member's product."""

from __future__ import annotations

from dataclasses import dataclass

#: What is asked where the kind of plan is not known.
KIND_OF_PLAN = "the kind of plan"


_ACRONYMS = ("chip", "dsnp", "erisa", "fehb", "mco", "tricare", "va")


def plan_words(plan_type: str) -> str:
    """A kind of plan as it is printed: 'self_funded_erisa' is self funded ERISA."""
    return " ".join(word.upper() if word in _ACRONYMS else word for word in plan_type.split("_"))


@dataclass(frozen=True, slots=True)
class Route:
    """What a policy's product-line rules say of one plan type.

    product      the product's name; "" where the plan type is not known, or the policy does not name it
    governs      the rule set that comes first, by name; "" where that is open
    policy       its id where chartproof has it, else ""
    order        every rule set in the order in which they are looked for
    not_covered  what to do where the product does not cover the service
    ask          what has to be asked, because only the plan can say it
    unless       what would put another rule set first, where nobody knows whether it is so
    confirm      what nobody has confirmed; "" where all of it was read
    """

    product: str
    governs: str
    policy: str
    order: tuple[str, ...] = ()
    not_covered: str = ""
    ask: tuple[str, ...] = ()
    confirm: str = ""
    unless: str = ""
    basis: str = "policy"
    because: str = ""
    source: str = ""

    @property
    def says(self) -> str:
        """One sentence: what governs, and for what product."""
        if not self.product:
            return self.because
        unless = f", unless {self.unless}" if self.unless else ""
        return f"{self.product}: {self.governs} governs{unless}"
