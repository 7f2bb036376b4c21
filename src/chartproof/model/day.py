"""Dates as closed ranges of days: "March 2025" is 2025-03-01 to 2025-03-31."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class DayRange:
    """Both ends count. A known day has first == last."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a day range ends before it starts")

    @classmethod
    def day(cls, day: date) -> DayRange:
        return cls(day, day)

    @classmethod
    def month(cls, year: int, month: int) -> DayRange:
        return cls(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))

    @classmethod
    def year(cls, year: int) -> DayRange:
        return cls(date(year, 1, 1), date(year, 12, 31))

    @property
    def exact(self) -> bool:
        return self.first == self.last

    def __str__(self) -> str:
        """ISO form at the precision that is known: 2025, 2025-03 or 2025-03-14, else first/last."""
        if self.exact:
            return self.first.isoformat()
        if self == DayRange.month(self.first.year, self.first.month):
            return self.first.strftime("%Y-%m")
        if self == DayRange.year(self.first.year):
            return str(self.first.year)
        return f"{self.first.isoformat()}/{self.last.isoformat()}"
