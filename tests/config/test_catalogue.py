from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config import catalogue
from config.catalogue import Text

PAGE = """{% load i18n %}
<a title="{% translate "Open 'now'" %}">{% include "x" with name=_("Notice") %}</a>
{% blocktranslate trimmed count n=bids %}
  one bid
{% plural %}
  {{ n }} bids
{% endblocktranslate %}
{% translate "Draw" context "lottery" %}
"""
MODULE = """
class TooFew(RuleError):
    code = "too_few"

class FarTooFew(errors.TooFew):
    pass

label = _("Bidders")
plural = ngettext("%(n)s bid", "%(n)s bids", n)
menu = pgettext_lazy("menu", "Open")
raise FarTooFew("%(have)s of %(need)s bidders", have=have, need=3)
raise ValueError("for programmers")
"""


@pytest.fixture
def project(tmp_path, settings):
    """A project with one module, one page and an empty catalogue."""
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "config" / "locale"]
    (tmp_path / "bids" / "templates").mkdir(parents=True)
    (tmp_path / "bids" / "opening.py").write_text(MODULE)
    (tmp_path / "bids" / "templates" / "opening.html").write_text(PAGE)
    folder = tmp_path / "config" / "locale" / "zh_Hans" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n')
    return tmp_path


def po() -> Path:
    (path,) = catalogue.catalogue_files()
    return path


def test_texts_are_found_in_modules_and_pages(project):
    assert catalogue.texts() == {
        Text("Bidders"): [("bids/opening.py", 8)],
        Text("%(n)s bid", "%(n)s bids"): [("bids/opening.py", 9)],
        Text("Open", "", "menu"): [("bids/opening.py", 10)],
        Text("%(have)s of %(need)s bidders"): [("bids/opening.py", 11)],
        Text("Open 'now'"): [("bids/templates/opening.html", 2)],
        Text("Notice"): [("bids/templates/opening.html", 2)],
        Text("one bid", "%(n)s bids"): [("bids/templates/opening.html", 3)],
        Text("Draw", "", "lottery"): [("bids/templates/opening.html", 8)],
    }


def test_an_update_adds_new_texts_and_keeps_translations(project, capsys):
    call_command("catalogue")
    first = capsys.readouterr().out
    po().write_text(po().read_text().replace('msgid "Bidders"\nmsgstr ""', 'msgid "Bidders"\nmsgstr "投标人"'))
    call_command("catalogue")
    second = capsys.readouterr().out
    assert first == "config/locale/zh_Hans/LC_MESSAGES/django.po: 8 texts lack a translation\n"
    assert second == "config/locale/zh_Hans/LC_MESSAGES/django.po: 7 texts lack a translation\n"
    assert catalogue.read(po()).get("Bidders").string == "投标人"


def test_a_check_names_what_is_missing_and_changes_nothing(project):
    before = po().read_text()
    with pytest.raises(CommandError, match=r"bids/opening\.py:8: not translated: Bidders"):
        call_command("catalogue", check=True)
    assert po().read_text() == before


@pytest.mark.parametrize(("text", "wrong"), [("%(n)s bids", "%(m)s 份投标"), ("{n} bids", "{m} 份投标")])
def test_a_translation_with_another_placeholder_is_a_fault(project, text, wrong):
    (project / "bids" / "templates" / "opening.html").unlink()
    (project / "bids" / "opening.py").write_text(f'_("{text}")\n')
    po().write_text(po().read_text() + f'\nmsgid "{text}"\nmsgstr "{wrong}"\n')
    assert catalogue.faults(po()) == [f"bids/opening.py:1: other placeholders in the translation: {text}"]


def test_a_complete_catalogue_passes_the_check(project):
    (project / "bids" / "templates" / "opening.html").unlink()
    (project / "bids" / "opening.py").write_text('ngettext("%(n)s bid", "%(n)s bids", n)\n_("Bidders")\n')
    catalogue.update(po())
    text = po().read_text().replace('msgid "Bidders"\nmsgstr ""', 'msgid "Bidders"\nmsgstr "投标人"')
    po().write_text(text.replace('msgstr[0] ""', 'msgstr[0] "%(n)s 份投标"'))
    call_command("catalogue", check=True)
    assert catalogue.faults(po()) == []
