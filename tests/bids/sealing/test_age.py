"""The strict reading of age files, on the published test kit, and the text of their keys."""

import pyrage
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from bids.sealing import age, encryption
from tests.bids.sealing import paper

KIT = paper.testkit()
ANOTHER_STANZA = {
    # age takes these: they hold a stanza besides X25519's, or two of it. A sealed bid has one recipient, whom its
    # envelope names; whatever else a header holds might be a second way to open the bid, or a way to mark it.
    "stanza_empty_body",
    "stanza_empty_last_line",
    "stanza_valid_characters",
    "x25519_grease",
    "x25519_multiple_recipients",
}
UNKNOWABLE_HERE = {"hmac_bad", "x25519_bad_tag", "x25519_no_match"}  # only a key tells
KEYS = st.binary(min_size=32, max_size=32)


def named(*expectations):
    return sorted(name for name, (expect, _file, _said) in KIT.items() if expect in expectations)


def read(file):
    age.parse_header(file[: age.HEAD_BYTES])
    return age.payload_size(len(file))


def test_the_test_kit_is_whole():
    assert len(KIT) == 67
    assert len(named("header failure")) == 31


@pytest.mark.parametrize("name", named("header failure"))
def test_every_malformed_header_of_the_test_kit_is_refused(name):
    with pytest.raises((age.NotEncrypted, age.WrongAgeFile)):
        age.parse_header(KIT[name][1][: age.HEAD_BYTES])


@pytest.mark.parametrize("name", sorted({*named("success"), *named("payload failure")} - ANOTHER_STANZA))
def test_a_header_to_one_recipient_is_read(name):
    header = age.parse_header(KIT[name][1])
    assert [len(value) for value in (header.share, header.body, header.mac)] == [32, 32, 32]


@pytest.mark.parametrize("name", sorted(UNKNOWABLE_HERE))
def test_what_only_a_key_can_tell_passes(name):
    assert read(KIT[name][1]) >= 0


@pytest.mark.parametrize("name", sorted(ANOTHER_STANZA))
def test_a_file_with_another_stanza_is_refused_though_age_takes_it(name):
    assert KIT[name][0] == "success"
    with pytest.raises(age.WrongAgeFile):
        age.parse_header(KIT[name][1])


def test_a_lower_case_stanza_is_another_stanza():
    with pytest.raises(age.WrongAgeFile):
        age.parse_header(KIT["x25519_lowercase"][1])


@pytest.mark.parametrize("name", sorted(set(named("success")) - ANOTHER_STANZA))
def test_the_size_of_the_content_follows_from_the_size_of_the_file(name):
    _expect, file, said = KIT[name]
    assert read(file) == len(pyrage.decrypt(file, [pyrage.x25519.Identity.from_str(said["identity"])]))


@pytest.mark.parametrize(
    "name", ["stream_last_chunk_empty", "stream_missing_tag", "stream_no_chunks", "stream_short_chunk"]
)
def test_a_size_that_no_content_has_is_refused(name):
    with pytest.raises(age.WrongAgeFile) as refused:
        read(KIT[name][1])
    assert refused.value.code == "age_payload"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda file: b"PK\x03\x04" + file, "not_encrypted"),
        (lambda file: b"", "not_encrypted"),
        (lambda file: file.replace(b"/v1", b"/v2"), "age_version"),
        (lambda file: file.replace(b"\n", b"\r\n"), "age_version"),
        (lambda file: file[:22], "age_stanza"),
        (lambda file: file[:70], "age_stanza"),
        (lambda file: file[:80], "age_stanza"),
        (lambda file: file[:130], "age_mac"),
        (lambda file: file[:167], "age_mac"),
        (lambda file: file[:167] + b"x" + file[168:], "age_mac"),
        (lambda file: file[:183], "age_nonce"),
    ],
)
def test_a_refusal_says_which_line(change, code):
    with pytest.raises((age.NotEncrypted, age.WrongAgeFile)) as refused:
        age.parse_header(change(paper.bid().cipher[:200]))
    assert refused.value.code == code


@pytest.mark.parametrize("point", [*age.LOW_ORDER, 2**255, 2**255 + 1, 2**255 + age.PRIME])
def test_points_of_low_order_are_those_with_which_no_exchange_works(point):
    key = point.to_bytes(32, "little")
    assert age.of_low_order(key)
    with pytest.raises(ValueError, match="shared key"):
        X25519PrivateKey.from_private_bytes(bytes(32)).exchange(X25519PublicKey.from_public_bytes(key))


@paper.unhurried
@given(KEYS)
def test_another_point_is_not_of_low_order(secret):
    key = X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    assert not age.of_low_order(key)


@paper.unhurried
@given(st.integers(0, 2**24))
def test_sizes_go_there_and_back(size):
    assert age.payload_size(age.file_size(size)) == size


@paper.unhurried
@given(st.integers(0, 200_000))
def test_a_size_is_refused_or_is_the_size_of_its_content(total):
    try:
        plain = age.payload_size(total)
    except age.WrongAgeFile:
        return
    assert age.file_size(plain) == total


@paper.unhurried
@given(KEYS)
def test_keys_are_written_as_age_writes_them(secret):
    identity = pyrage.x25519.Identity.from_str(age.encode_identity(secret))
    assert str(identity) == age.encode_identity(secret)
    assert str(identity.to_public()) == paper.public_of(secret)
    assert age.decode_identity(str(identity)) == secret
    assert age.encode_recipient(age.decode_recipient(str(identity.to_public()))) == str(identity.to_public())


@paper.unhurried
@given(st.integers(0, 61), st.sampled_from(age.BECH32))
def test_one_changed_character_of_a_recipient_is_found(place, digit):
    recipient = paper.CUSTODIANS["agency"]
    changed = recipient[:place] + digit + recipient[place + 1 :]
    if changed != recipient:
        with pytest.raises(age.WrongKey):
            age.decode_recipient(changed)


GOOD = paper.CUSTODIANS["agency"]


@pytest.mark.parametrize(
    "text", ["", "age1", GOOD.upper(), f" {GOOD}", GOOD[:-1], f"{GOOD}q", GOOD.replace("age1", "age2"), None, 7]
)
def test_what_is_no_recipient_is_refused(text):
    with pytest.raises(age.WrongKey):
        age.decode_recipient(text)


def test_a_recipient_of_low_order_is_refused():
    with pytest.raises(age.WrongKey):
        age.decode_recipient(age.encode_recipient(bytes(32)))


@pytest.mark.parametrize("text", [None, age.encode_identity(bytes(32)).lower(), "AGE-SECRET-KEY-1QQ"])
def test_what_is_no_identity_is_refused_without_repeating_it(text):
    with pytest.raises(age.WrongKey) as refused:
        age.decode_identity(text)
    assert str(text) not in str(refused.value)


@paper.unhurried
@given(st.lists(st.binary(max_size=70_000), max_size=4), st.binary(min_size=32, max_size=32))
def test_what_is_written_here_is_opened_by_age(pieces, secret):
    file = b"".join(encryption.encrypt(pieces, paper.public_of(secret), paper.chance(secret)))
    identity = pyrage.x25519.Identity.from_str(age.encode_identity(secret))
    assert pyrage.decrypt(file, [identity]) == b"".join(pieces)
    assert read(file) == sum(map(len, pieces))


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 131_072])
def test_content_at_the_edge_of_a_chunk_is_opened_by_age(size):
    file = b"".join(encryption.encrypt([bytes(size)], GOOD, paper.chance()))
    identity = pyrage.x25519.Identity.from_str(age.encode_identity(paper.SECRETS["agency"]))
    assert pyrage.decrypt(file, [identity]) == bytes(size)
    assert len(file) == age.file_size(size)
