"""`manage.py evaluate`: JSON on the standard output, or exit 2 with a line for each fault."""

import io
import json
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from tests.bids.evaluation.papers import by_price, result

PRICES = ("100", "200")


def test_a_file_is_evaluated(tmp_path, capsys):
    file = tmp_path / "lot.json"
    file.write_text(json.dumps(by_price(*PRICES)), "utf-8")
    call_command("evaluate", str(file))
    assert json.loads(capsys.readouterr().out) == result(by_price(*PRICES))


def test_a_dash_reads_the_standard_input(monkeypatch, capsys):
    raw = io.BytesIO(json.dumps(by_price(*PRICES)).encode())
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=raw))
    call_command("evaluate", "-")
    assert json.loads(capsys.readouterr().out) == result(by_price(*PRICES))


def test_faults_are_a_line_each_and_exit_2(tmp_path, capsys):
    file = tmp_path / "lot.json"
    file.write_text(json.dumps(by_price("1e5", "-1")), "utf-8")
    with pytest.raises(SystemExit) as left:
        call_command("evaluate", str(file))
    said = capsys.readouterr()
    assert (left.value.code, said.out) == (2, "")
    assert said.err.splitlines() == [
        '/bids/0/price: must be a decimal string such as "12.50", with at most 16 digits and 8 places, not "1e5"',
        "/bids/1/price: must be above 0, not -1",
    ]


@pytest.mark.parametrize(("content", "reason"), [(None, "No such file or directory"), (b"\xff", "not UTF-8")])
def test_a_file_that_cannot_be_read_is_exit_2(tmp_path, content, reason):
    file = tmp_path / "lot.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError) as refused:
        call_command("evaluate", str(file))
    assert (str(refused.value), refused.value.returncode) == (f"/: {file} cannot be read: {reason}", 2)
