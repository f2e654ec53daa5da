"""The ledger's keys: made on the first run, kept, given by the environment, never confused."""

import pytest

from trading.ledger import keys, notes
from trading.ledger.tables import LedgerFault


def test_a_key_is_made_once_for_its_owner_only(settings):
    first = keys.log_key()
    assert keys.log_key() == first
    path = settings.LEDGER["KEYS_DIR"] / "log.key"
    assert notes.parse_signing_key(path.read_text().strip()) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert keys.receipt_key().public_key().public_bytes_raw() != first.verifying.public
    assert sorted(path.name for path in settings.LEDGER["KEYS_DIR"].iterdir()) == ["log.key", "receipt.key"]


def test_two_processes_that_make_it_at_once_agree(settings):
    first = keys.log_key()
    keys.kept.cache_clear()
    assert keys.log_key() == first


def test_the_environment_may_give_it(settings, tmp_path):
    given = notes.SigningKey("ledger.test/audit/1", notes.ED25519, b"\x07" * 32)
    settings.LEDGER = {**settings.LEDGER, "LOG_KEY": given.text()}
    assert keys.log_key() == given
    assert not (settings.LEDGER["KEYS_DIR"] / "log.key").exists()


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        notes.SigningKey("other/1", notes.ED25519, b"\x07" * 32).text(),
        notes.SigningKey("ledger.test/audit/1", notes.COSIGNATURE, b"\x07" * 32).text(),
    ],
)
def test_a_wrong_key_is_refused(settings, text):
    settings.LEDGER = {**settings.LEDGER, "LOG_KEY": text}
    with pytest.raises(LedgerFault):
        keys.log_key()
