"""A review computes and writes each thing once: alternatives need ties and no tables, a formula is built for all rows."""

from xl_flexextra.calculation import contract_figures
from xl_flexextra.review import alternatives, closed_form
from xl_flexextra.update import report, update_inputs
from xl_flexextra.workbook import book
from xl_flexextra.workbook.review import build
from xl_flexextra.workbook.review import steps as review_steps
from xl_flexextra.workbook.review.book import Plan
from xl_flexextra.workbook.review.contracts_sheet import Places
from xl_flexextra.workbook.review.steps import Figures


def counted(monkeypatch, owner, name):
    """How often a function is called, as a list that grows."""
    calls, own = [], getattr(owner, name)

    def count(*args, **named):
        calls.append(args)
        return own(*args, **named)

    monkeypatch.setattr(owner, name, count)
    return calls


def test_alternatives_are_judged_without_the_tables_of_the_page(monkeypatch):
    inputs = update_inputs.sample_inputs()
    update = report.compute(inputs)
    computed = counted(monkeypatch, contract_figures.ContractFigures, "table")
    found = alternatives.alternatives(inputs, update)
    assert len(found) > 100
    assert computed == []


def test_a_review_is_written_once_and_each_step_of_the_workings_is_built_once(monkeypatch, tmp_path):
    update = report.compute(update_inputs.sample_inputs())
    books = counted(monkeypatch, book, "File")
    computed = counted(monkeypatch, contract_figures.ContractFigures, "table")
    built = counted(monkeypatch, review_steps, "steps")
    closed = counted(monkeypatch, closed_form, "closed_form")
    build.make(update, tmp_path / "review.xlsx")
    assert 1 <= len(books) <= 2  # the review, and once a process what an engine computes the second route from
    assert len(built) == 1
    assert len(closed) == len(update.tied) + 1  # each figure, and the probe
    # the tables of the update before and of this one, for what changed; of this one again for data and reasons
    assert len(computed) <= 4 * len(update.tables)


def test_one_formula_of_a_step_serves_all_rows():
    update = report.compute(update_inputs.sample_inputs())
    plan = Plan(update, (), (), (), (), None)
    figures = Figures(plan)
    steps = {one.name: one for one in review_steps.steps(figures, Places(len(plan.contracts), 12))}
    assert list(steps) == list(figures.column)
    assert steps["erv"].formula_in(7, 4) == "$AE8-$AH8"  # value less CDSC
    assert steps["as_of"].formula_in(9, 6) == "Published!C7"
