"""Sealed personal data and its keys."""

import base64
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from experts import keyring, personal
from experts.personal import Personal
from tests.experts import people

WHO = Personal("欧阳明德", "11010519491231002X", "13812345678", "6222000011112222333", "m@example.com")


def key(name: str, byte: bytes) -> str:
    return f"{name}:{base64.b64encode(byte * 32).decode()}"


def test_what_is_sealed_opens_for_the_same_expert_only():
    name, sealed = personal.seal(WHO, "E0000000001")
    assert personal.unseal(sealed, name, "E0000000001") == WHO
    with pytest.raises(personal.Unreadable):
        personal.unseal(sealed, name, "E0000000002")


@pytest.mark.parametrize("place", [0, 12, -1])
def test_one_changed_byte_opens_nothing(place):
    name, sealed = personal.seal(WHO, "E0000000001")
    altered = bytearray(sealed)
    altered[place] ^= 1
    with pytest.raises(personal.Unreadable):
        personal.unseal(bytes(altered), name, "E0000000001")


@pytest.mark.parametrize(("sealed", "name"), [(b"", "k1"), (b"short", "k1"), (b"x" * 99, "k9")])
def test_what_no_key_opens_is_unreadable(sealed, name):
    with pytest.raises(personal.Unreadable):
        personal.unseal(sealed, name, "E0000000001")


def test_sealing_twice_differs_and_tells_no_length():
    _, first = personal.seal(WHO, "E0000000001")
    _, second = personal.seal(WHO, "E0000000001")
    _, other = personal.seal(people.who(name="王五", email=""), "E0000000002")
    assert first != second
    assert len(first) == len(other)


def test_the_index_finds_the_same_number_however_it_is_typed(settings):
    settings.PERSONAL_KEYS = key("k1", b"a")
    first = personal.index_of("11010519491231002X")
    assert first == personal.index_of("110105 19491231 002x")
    assert first != personal.index_of("110105194912310038")
    settings.PERSONAL_KEYS = key("k1", b"b")
    assert first != personal.index_of("11010519491231002X")


def test_a_new_key_seals_and_the_old_one_still_opens(settings):
    settings.PERSONAL_KEYS = key("k1", b"a")
    name, sealed = personal.seal(WHO, "E0000000001")
    index = personal.index_of(WHO.id_number)
    settings.PERSONAL_KEYS = f"{key('k1', b'a')} {key('k2', b'b')}"
    assert personal.seal(WHO, "E0000000001")[0] == "k2"
    assert personal.unseal(sealed, name, "E0000000001") == WHO
    assert personal.index_of(WHO.id_number) == index


@pytest.mark.parametrize("text", ["", "k1", "k1:short", "K1:" + "A" * 44, f"{key('k1', b'a')} {key('k1', b'b')}"])
def test_bad_keys_stop_with_a_sentence(text):
    with pytest.raises(ImproperlyConfigured, match="SUNLIGHT_PERSONAL_KEYS"):
        keyring.read(text)


def test_without_settings_a_key_is_made_once_for_its_owner_alone(settings, tmp_path):
    settings.LEDGER = {**settings.LEDGER, "KEYS_DIR": tmp_path / "fresh"}
    first = keyring.held()
    file = tmp_path / "fresh" / "personal.keys"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keyring.held().keys == first.keys


def test_data_and_keys_do_not_print_themselves():
    assert WHO.name not in repr(WHO)
    assert WHO.phone not in str(WHO)
    assert "AAAA" not in repr(keyring.read(key("k1", b"\0")))
