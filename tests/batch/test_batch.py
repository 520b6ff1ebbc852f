"""A batch: what it writes against figures one by one, resumed, killed, on every engine, and what it says of bad plans."""

import subprocess
import sys
import time
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from made import D, bytes_of, insurer
from pyarrow import parquet

from xl_flexextra.batch import engines, part, run
from xl_flexextra.batch.contracts import Listed
from xl_flexextra.batch.plan import load
from xl_flexextra.batch.written import first_error
from xl_flexextra.calculation.contract_figures import ContractFigures
from xl_flexextra.errors import FlexExtraError
from xl_flexextra.inputs.fund_table import Fund
from xl_flexextra.inputs.funds import Funds
from xl_flexextra.inputs.shares import Shares
from xl_flexextra.inputs.unit_values import UnitValues
from xl_flexextra.terms import from_toml


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A plan, run once in this process: its file, its folder, how it ended."""
    plan = insurer(tmp_path_factory.mktemp("insurer"))
    ended = run.run(run.check(load(plan)))
    return plan, plan.parent / "figures", ended


def rows(out, name):
    return ds.dataset(out / name, format="parquet").to_table().to_pylist()


def single(folder, figure):
    """A figure computed by itself, from the same files read another way."""
    number, fund = figure["contract"], figure["fund"]
    values = [row for row in parquet.read_table(folder / "unit_values.parquet").to_pylist() if row["sub_account"] == fund]
    table = UnitValues.from_rows([["date", fund], *([row["valuation_date"], row["unit_value"]] for row in values)])
    name = ("by_share", "with_rider")[int(number[1:]) % 2]
    share = {"BOND": 0.5, "EQUITY": 0.3, "BLEND": 0.2}[fund.rpartition("-")[2]]
    grid = ContractFigures(
        from_toml(folder / "terms" / f"{name}.toml"), table, figure["as_of"], Shares([(None, fund, share)]),
        Funds((Fund(fund, subaccount_inception=D(2004, 6, 30)),)),
    )  # fmt: skip
    return grid.figure(fund, figure["period"])


def test_every_figure_is_the_one_of_a_cell(whole):
    plan, out, ended = whole
    found = rows(out, "figures")
    assert len(found) == 4 * 3 * (7 * 4 + 2 * 2)  # the fifth contract has terms that are none
    assert ended.parts > 3
    assert {row["as_of"] for row in found if row["table"] == "standardized"} == {D(2007, 9, 30), D(2007, 12, 31)}
    for row in found[::17]:
        if row["value"] is not None:
            assert row["value"] == single(plan.parent, row), row
            assert row["printed"] == pytest.approx(row["value"], abs=5.0000001e-5)


def test_without_tables_a_contract_has_those_of_a_report(tmp_path):
    """Ten years or since inception only where the contract has all its inceptions; a printed 10Y of another day, too."""
    plan = insurer(tmp_path)
    parts = plan.read_text().split("[[tables]]")
    plan.write_text(parts[0].replace("2007-08-31", "2007-12-31") + "[output]\nfigures_of_part = 60\nrows_of_part = 6\n")
    listed = parquet.read_table(tmp_path / "contracts.parquet").to_pylist()
    for row in listed:
        row["fund_inception"] = D(2004, 3, 31) if row["contract"] == "K0" else None
        row["subaccount_inception"] = row["subaccount_inception"] if row["contract"] in ("K0", "K2") else None
    parquet.write_table(pa.Table.from_pylist(listed), tmp_path / "contracts.parquet")
    printed = [
        {"table": table, "contract": "K0", "as_of": D(2008, 1, 31), "fund": "K0-BOND", "period": "10Y", "return_pct": 99.0}
        for table in ("after_contract_charges", "standardized")
    ]
    parquet.write_table(pa.Table.from_pylist(printed), tmp_path / "published.parquet")
    run.run(run.check(load(plan)))
    found = {
        (row["table"], row["contract"], row["fund"], row["as_of"], row["period"]): row["value"]
        for row in rows(tmp_path / "figures", "figures")
    }
    last = {
        number: {key[4] for key in found if key[:2] == ("after_contract_charges", number)} for number in ("K0", "K1", "K2")
    }
    usual = {"YTD", "1Y", "3Y", "5Y"}
    assert last == {"K0": usual | {"10Y_OR_SI_FUND"}, "K1": usual | {"10Y"}, "K2": usual | {"10Y"}}
    standard = {number: {key[4] for key in found if key[:2] == ("standardized", number)} for number in last}
    since = {"1Y", "5Y", "10Y_OR_SI_SUBACCOUNT"}
    assert standard == {"K0": since, "K1": {"1Y", "5Y", "10Y"}, "K2": since}
    for row in rows(tmp_path / "figures", "tie_outs"):
        begin = D(2004, 3, 31) if row["table"] == "after_contract_charges" else D(2004, 6, 30)
        alone = {"contract": "K0", "fund": "K0-BOND", "as_of": D(2008, 1, 31), "period": f"{begin}..2008-01-31"}
        assert row["recomputed"] == single(tmp_path, alone)
    assert found["after_contract_charges", "K0", "K0-BOND", D(2008, 1, 31), "10Y_OR_SI_FUND"] is not None
    assert found["after_contract_charges", "K1", "K1-BOND", D(2008, 1, 31), "10Y"] is None


def test_failures_are_rows_of_their_table_and_all_else_is_done(whole):
    _, out, ended = whole
    errors = rows(out, "errors")
    assert len(errors) == ended.failed
    bad = [row for row in errors if row["contract"] == "K4"]
    assert {(row["fund"], row["cell"]) for row in bad} == {("", "#VALUE!")}
    assert "cdsc.schedule" in bad[0]["error"]
    assert first_error(out).startswith("K")
    assert first_error(out).endswith(f": {errors[0]['error']}")
    blank = [row for row in errors if row["fund"] == "K1-BLEND"]
    assert len(blank) == 7 * 4 + 4
    assert "no unit value of K1-BLEND" in blank[0]["error"]
    one = [row for row in errors if row["fund"] == "K2-BLEND"]
    assert one
    assert all("-1" in row["error"] for row in one)
    assert len(errors) == len(bad) + len(blank) + len(one)
    missing = {(row["contract"], row["fund"], row["as_of"], row["period"], row["table"]) for row in errors if row["fund"]}
    empty = [row for row in rows(out, "figures") if row["value"] is None]
    assert {(row["contract"], row["fund"], row["as_of"], row["period"], row["table"]) for row in empty} == missing


def test_printed_figures_tie_out_walks_and_workbooks_are_those_asked_for(whole):
    _, out, ended = whole
    (tied,) = rows(out, "tie_outs")
    place = "after_contract_charges", "K0-BOND", "1Y", D(2008, 1, 31)
    (figure,) = [row for row in rows(out, "figures") if (row["table"], row["fund"], row["period"], row["as_of"]) == place]
    assert tied["recomputed"] == figure["value"]
    assert tied["verdict"].startswith("open")
    walks = rows(out, "walks")
    assert {row["contract"] for row in walks} == {"K1"}
    last = [row for row in walks if row["erv"] is not None]
    by_place = {(row["table"], row["as_of"], row["fund"], row["period"]): row["value"] for row in rows(out, "figures")}
    short = [row for row in last if row["period"] == "YTD"]
    assert short
    for row in short:
        assert row["erv"] / 1000 - 1 == pytest.approx(by_place[row["table"], row["as_of"], row["fund"], "YTD"], abs=1e-12)
    assert [book.name for book in ended.workbooks] == ["K0_2008-02-29.xlsx"]


def test_a_second_run_does_nothing_and_a_lost_file_is_made_again(whole):
    plan, out, _ = whole
    before = bytes_of(out)
    again = run.check(load(plan))
    assert again.todo == []
    victim = out / "figures" / "part-00002.parquet"
    victim.write_bytes(victim.read_bytes()[:-1])
    again = run.check(load(plan))
    assert [one.number for one in again.todo] == [2]
    run.run(again)
    assert bytes_of(out) == before


def test_processes_and_a_killed_one_give_the_same_bytes(whole, tmp_path, monkeypatch):
    plan, out, _ = whole
    checked = run.check(load(plan, tmp_path / "two"))
    killed = []
    answer = engines._Worker.answer

    def kill_once(worker):
        if not killed:
            killed.append(worker._process.pid)
            worker._process.kill()
            worker._process.join()
            while worker.pipe.poll():  # what it had sent is lost too
                try:
                    worker.pipe.recv()
                except (EOFError, OSError):
                    break
        return answer(worker)

    monkeypatch.setattr(engines._Worker, "answer", kill_once)
    ended = run.run(checked, engines.engine("processes", 2, ""))
    assert killed
    assert ended.lost == []
    assert bytes_of(tmp_path / "two") == bytes_of(out)


def test_a_run_that_is_killed_goes_on_and_ends_with_the_same_bytes(whole, tmp_path):
    plan, out, _ = whole
    there = tmp_path / "killed"
    second = there / "done" / "part-00001.json"
    code = (  # it waits to be killed before the third part
        "import sys, time; from pathlib import Path; from xl_flexextra.batch import part, run\n"
        "from xl_flexextra.batch.plan import load\n"
        "inner = part.run\n"
        "def waits(*asked):\n    Path(sys.argv[3]).is_file() and time.sleep(300)\n    return inner(*asked)\n"
        "part.run = waits\n"
        "run.run(run.check(load(Path(sys.argv[1]), Path(sys.argv[2]))))"
    )
    with subprocess.Popen([sys.executable, "-c", code, plan, there, second]) as process:
        while not second.is_file() and process.poll() is None:
            time.sleep(0.02)
        process.kill()
    checked = run.check(load(plan, there))
    assert 0 < len(checked.done) < len(checked.parts)
    ended = run.run(checked)
    assert ended.before == len(checked.done)
    left = {name: data for name, data in bytes_of(there).items() if not name.endswith((".lock", ".tmp"))}
    assert left == bytes_of(out)


def test_dask_workers_in_processes_of_their_own_give_the_same_bytes(whole, tmp_path):
    distributed = pytest.importorskip("distributed")
    plan, out, _ = whole
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
    ):
        ended = run.run(run.check(load(plan, tmp_path / "dask")), engines.engine("dask", 0, cluster.scheduler_address))
    assert ended.lost == []
    assert bytes_of(tmp_path / "dask") == bytes_of(out)


def test_partitioned_unit_values_and_terms_as_a_table_give_the_same_figures(whole, tmp_path):
    plan, out, _ = whole
    values = parquet.read_table(plan.parent / "unit_values.parquet")
    years = pa.array([day.year for day in values.column("valuation_date").to_pylist()])
    ds.write_dataset(
        values.append_column("year", years),
        tmp_path / "values",
        format="parquet",
        partitioning=["year"],
        partitioning_flavor="hive",
    )
    of_terms = [
        (name, row[0], str(row[1]))
        for name in ("by_share", "with_rider")
        for row in from_toml(plan.parent / "terms" / f"{name}.toml").rows()
        if row[0].startswith(("contract.", "annual_charge.", "rider.", "cdsc.", "valuation."))
    ]
    parquet.write_table(
        pa.table(dict(zip(("contract", "term", "value"), zip(*of_terms, strict=True), strict=True))),
        tmp_path / "terms.parquet",
    )
    text = (
        plan.read_text().replace('"unit_values.parquet"', '"values"').replace('terms = "terms"', 'terms = "terms.parquet"')
    )
    for name in ("contracts", "shares", "published"):
        text = text.replace(f'"{name}.parquet"', f'"{(plan.parent / name).as_posix()}.parquet"')
    (tmp_path / "plan.toml").write_text(text)
    run.run(run.check(load(tmp_path / "plan.toml")))
    assert rows(tmp_path / "figures", "figures") == rows(out, "figures")


def test_figures_as_known_then_are_those_of_the_store_of_that_day(tmp_path):
    from xl_flexextra.sync import store, versions

    plan = insurer(tmp_path, contracts=4)
    known = [
        (row["valuation_date"], row["sub_account"], row["unit_value"])
        for row in parquet.read_table(tmp_path / "unit_values.parquet").to_pylist()
        if row["unit_value"] > 0 and row["valuation_date"].day > 26
    ]
    base = str(tmp_path / "values.sqlite")
    store.load_values(base, versions.of_rows(known), "unit_values", "first", "0" * 64)
    revised = [(day, fund, value * 1.01) for day, fund, value in known if fund == "K0-BOND" and day == D(2008, 1, 31)]
    store.load_values(base, versions.of_rows(revised), "unit_values", "second", "1" * 64)
    plan.write_text(plan.read_text().replace("unit_values.parquet", "values.sqlite").replace('"K1"', "").replace('"K0"', ""))
    found = {}
    for at in ("1", "2"):
        run.run(run.check(load(plan, tmp_path / at, at)))
        found[at] = {
            (row["table"], row["fund"], row["period"], row["as_of"]): row["value"] for row in rows(tmp_path / at, "figures")
        }
    changed = {place for place, value in found["1"].items() if value != found["2"][place]}
    assert {(fund, day) for _, fund, _, day in changed} == {("K0-BOND", D(2008, 1, 31))}
    one = "after_contract_charges", "K0-BOND", "YTD", D(2008, 1, 31)
    assert (1 + found["2"][one]) / (1 + found["1"][one]) == pytest.approx(1.01, rel=2e-3)
    run.run(run.check(load(plan, tmp_path / "both", "2", "1")))
    told = rows(tmp_path / "both", "revised")
    assert {(row["table"], row["fund"], row["period"], row["as_of"]) for row in told} == changed
    ((day, fund, new),) = revised
    old = next(value for on, code, value in known if (on, code) == (day, fund))
    for row in told:
        place = row["table"], row["fund"], row["period"], row["as_of"]
        assert (row["then"], row["now"]) == (found["1"][place], found["2"][place])
        assert row["unit_values"] == f"2008-01-31: {old!r} → {new!r}"
    plan.write_text(plan.read_text().replace("values.sqlite", "unit_values.parquet"))
    with pytest.raises(FlexExtraError, match="need a store"):
        run.check(load(plan, tmp_path / "no", "1"))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('terms = "terms"', 'term = "terms"', "'term' under .inputs. .did you mean 'terms'"),
        ("2007-08-31..2008-02-29", "2008-08-31..2008-02-29", "from 1 to"),
        ('"1Y", "3Y", "SI_SUBACCOUNT"', '"1Q"', "'period' '1Q' is not known"),
        ('ends = "quarter"', 'ends = "year"', "'month' or 'quarter'"),
        ('walks = ["K1"]', 'walks = ["K9"]', "'K9', which the contracts do not have"),
        ('"contracts.parquet"', '"plan.toml"', "is not Parquet"),
        ('"shares.parquet"', '"no.parquet"', "there is no file or folder"),
        ('"contracts.parquet"', '"s3://a/contracts.parquet"', "'contracts' at s3://, which is not read; copy or mount it"),
        ('"unit_values.parquet"', '"memory://values.parquet"', "'unit_values' at memory://, which is not read"),
        ("figures_of_part = 60", "figures_of_part = 0", "whole number from 1"),
        ("month_ends =", "month_ends = 1 1", "not valid TOML"),
    ],
)  # fmt: skip
def test_a_plan_that_is_wrong_is_refused_before_anything_is_written(whole, tmp_path, old, new, said):
    plan, _, _ = whole
    text = plan.read_text().replace(old, new, 1)
    assert text != plan.read_text()
    other = plan.with_name(f"{tmp_path.name}.toml")
    other.write_text(text)
    with pytest.raises(FlexExtraError, match=said):
        run.check(load(other, tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_folder_of_other_figures_is_not_mixed_with_these(whole, tmp_path):
    plan, _, _ = whole
    out = tmp_path / "figures"
    run.run(run.check(load(plan, out)))
    other = plan.with_name("other.toml")
    other.write_text(plan.read_text().replace("2007-08-31", "2007-12-31").replace('workbooks = ["K0"]', ""))
    with pytest.raises(FlexExtraError, match="figures of other plan"):
        run.check(load(other, out))
    ended = run.run(run.check(load(other, out), anew=True))
    assert len(list((out / "figures").iterdir())) == ended.parts
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FlexExtraError, match="is not empty and holds no batch"):
        run.check(load(plan, tmp_path))


def test_parts_have_about_as_many_figures_however_many_months_there_are(whole):
    plan = load(whole[0])
    listed = run.check(plan).listed
    by_name = {}
    for months in (12, 120):
        days = tuple(D(1990 + k // 12, k % 12 + 1, 28) for k in range(months))
        by_name[months] = [one.figures(plan) for one in run._parts(part.Plan(**{**vars(plan), "month_ends": days}), listed)]
    assert max(by_name[120]) <= max(by_name[12]) <= plan.figures_of_part
    assert sum(by_name[120]) == 10 * sum(by_name[12])


def test_a_process_goes_on_with_the_contracts_that_it_has_read():
    """Two processes took parts of one group in turn, and both read all of its inputs."""
    groups = [(Listed(code, code, ()),) for code in "AABBCC"]
    waiting = [part.Part(number, group, ()) for number, group in enumerate(groups)][::-1]
    pool = [SimpleNamespace(held=""), SimpleNamespace(held="")]
    done = []
    for worker in [0, 1, 0, 1, 0, 1]:
        one = waiting.pop(engines._best(waiting, pool[worker], pool))
        pool[worker].held = one.contracts[0].code
        done.append((worker, one.number))
    assert done == [(0, 0), (1, 2), (0, 1), (1, 3), (0, 4), (1, 5)]  # the last is left to share


def test_processes_end_where_nothing_is_to_do(whole):
    chosen = engines.engine("processes", 2, "")
    begun = [one._process for one in chosen._ready]
    assert [one.is_alive() for one in begun] == [True, True]
    assert run.run(run.check(load(whole[0])), chosen).lost == []
    assert [one.is_alive() for one in begun] == [False, False]
    assert not engines.engine("processes", 2, "", begin=False)._ready
