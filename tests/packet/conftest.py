"""The invented case of invented.py, laid out once."""

from __future__ import annotations

import pytest

from packet.invented import Made, build, lay_out


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("case")
    lay_out(folder)
    return Made(folder, build(folder))
