"""Settings read from the environment."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import mail


def test_without_an_address_mail_becomes_files(tmp_path):
    made = mail("", tmp_path)
    assert (made["EMAIL_BACKEND"], made["EMAIL_FILE_PATH"]) == (
        "django.core.mail.backends.filebased.EmailBackend",
        tmp_path,
    )


def test_an_address_names_server_and_account(tmp_path):
    made = mail("smtps://bid%40county:se%3Acret@mail.example", tmp_path)
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_USE_SSL")
    assert [made[name] for name in names] == ["mail.example", 465, "bid@county", "se:cret", True]


@pytest.mark.parametrize("url", ["smtp://", "pop3://mail.example", "mail.example"])
def test_a_bad_address_stops_the_start(url, tmp_path):
    with pytest.raises(ImproperlyConfigured):
        mail(url, tmp_path)
