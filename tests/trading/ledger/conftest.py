"""A ledger of its own for every test: keys and published files in a folder that goes away."""

import pytest


@pytest.fixture(autouse=True)
def ledger_folder(settings, tmp_path):
    settings.LEDGER = {
        **settings.LEDGER,
        "ORIGIN": "ledger.test/audit/1",
        "DIR": tmp_path / "ledger",
        "KEYS_DIR": tmp_path / "keys",
        "WITNESSES": (),
        "QUORUM": 1,
    }
    return tmp_path / "ledger"
