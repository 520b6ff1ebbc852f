"""Oddities by rules: each is found where it was put into a clean page, and a clean page has none."""

from __future__ import annotations

from pathlib import Path

import pytest
import update_page

from xl_flexextra.errors import BadInput
from xl_flexextra.reading import oddities, open_document, reading

PAGES = Path(__file__).with_name("pages")


def of(text: str, folder: Path, without: tuple[str, ...] = ()) -> list[oddities.Oddity]:
    (folder / "page.txt").write_text(text, encoding="utf-8")
    return oddities.find(reading.read(open_document.open_document(folder / "page.txt")), without)


def clean() -> str:
    return update_page.as_text(update_page.blocks(update_page.corrected))


def without_money_market() -> str:
    """The charge of the fund that is left out is missing in the sum of the others."""
    rows = [line for line in clean().split("\n") if "MML Money Market" not in line]
    return "\n".join(rows).replace("3. A money", "9. A money").replace("MML Blend (2/3/84) ²", "MML Blend (2/3/84) ^{2,9}")


def in_other_words() -> str:
    return (
        clean()
        .replace("July 31, 2008", "31 July 2008")
        .replace("10 Year or Since Inception Within", "10 Years/Since Inception Within")
    )


@pytest.mark.parametrize("page", [clean, without_money_market, in_other_words])
def test_a_clean_page_has_no_oddities(page, tmp_path):
    assert [(one.rule, one.what) for one in of(page(), tmp_path)] == []


@pytest.mark.parametrize("page", sorted(PAGES.glob("*/page.*")), ids=lambda path: f"{path.parent.name}{path.suffix}")
def test_published_pages_have_no_oddities(page):
    assert oddities.find(reading.read(open_document.open_document(page))) == []


ONE = {
    "captions_contradict, charge_refuted": (
        "of $35.00 for the Flex Extra Flexible",
        "of $30.00 for the Flex Extra Flexible",
    ),
    "period_and_dates": ("3 Year 7/31/05- 7/31/08", "3 Year 7/31/04- 7/31/08"),
    "ends_differ, period_and_dates": ("1 Year⁷ 7/31/07- 7/31/08", "1 Year⁷ 7/31/07- 6/30/08"),
    "fund_too_young": ("MML Blend (2/3/84)", "MML Blend (2/3/04)"),
    "two_names": ("MML Managed Bond (4/27/87)", "MML Babson Bond (4/27/87)"),
    "before_contract, unlike_siblings": ("MML Money Market (4/27/87)", "MML Money Market (4/12/87)"),
    "unit_caption": ("each is the change of the whole period.", "each is the percentage change in an Accumulation Unit."),
    "notes": ("5. International investing", "International investing"),
    "note_on_wrong_table": ("All funds count as part", "All returns reflect applicable charges and count as part"),
    "earliest": ("Ten years, or the time since the inception", "The earliest of either 10 years or the inception"),
    "late_rate": ("7/1/08 3.50%", "7/1/08 3.50% 8/1/08 3.50%"),
    "idle_text": (
        "and some of its funds are older than that.",
        "and returns for periods before the contract was offered are hypothetical.",
    ),
}


@pytest.mark.parametrize("rules", ONE)
def test_an_oddity_is_found_where_it_was_put_and_nothing_else(rules, tmp_path):
    old, new = ONE[rules]
    text = clean()
    assert old in text
    slow = () if "charge_refuted" in rules else ("charge_refuted",)
    found = of(text.replace(old, new), tmp_path, slow)
    assert sorted({one.rule for one in found}) == rules.split(", "), [(one.rule, one.what) for one in found]
    assert all(one.where and one.what and one.why and one.action for one in found)


def test_the_page_as_it_was_printed_has_the_oddities_that_a_reviewer_lists(tmp_path):
    text = update_page.as_text(update_page.blocks())
    found = {one.rule for one in of(text, tmp_path)}
    assert found == {
        "captions_contradict",
        "charge_refuted",
        "two_names",
        "before_contract",
        "unlike_siblings",
        "unit_caption",
        "late_rate",
    }


def test_a_charge_is_refuted_by_its_figures_even_where_all_captions_agree(tmp_path):
    found = of(clean().replace("$35.00", "$30.00"), tmp_path)
    assert [one.rule for one in found] == ["charge_refuted"]
    assert "34.17 to 35.63" in found[0].what  # from the page's own figures, by hand 34.18 to 35.63


def test_a_rule_can_be_switched_off(tmp_path):
    (tmp_path / "page.txt").write_text(update_page.as_text(update_page.blocks()), encoding="utf-8")
    found = reading.read(open_document.open_document(tmp_path / "page.txt"))
    assert "late_rate" not in {one.rule for one in oddities.find(found, ["late_rate", "charge_refuted"])}
    with pytest.raises(BadInput, match="There is no rule 'late'"):
        oddities.find(found, ["late"])
