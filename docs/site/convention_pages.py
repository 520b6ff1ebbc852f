"""Every choice of the terms drawn: how far it moves four returns, from the terms and unit values of docs/conventions.md."""

from __future__ import annotations

import math
from pathlib import Path

import make_conventions
import matplotlib

from xl_flexextra.terms import keys
from xl_flexextra.terms.charge_keys import spec_at

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "xl_flexextra"  # the same picture each time
matplotlib.rcParams["svg.fonttype"] = "none"

from matplotlib import pyplot  # noqa: E402

LOOKS = (("o", "#1b6ca8"), ("s", "#b3541e"), ("^", "#3c7a4b"), ("D", "#6b4c9a"))  # a sign and a colour a period
LEAST = 0.05  # hundredths of a percent: less is not drawn


def write(folder: Path) -> None:
    """The pictures, below the table of ``conventions.md``."""
    pictures = folder / "pictures" / "conventions"
    pictures.mkdir(parents=True, exist_ok=True)
    page = folder / "conventions.md"
    lines = [
        page.read_text(encoding="utf-8"),
        "## Each convention drawn",
        "",
        "Each picture shows how far a choice moves the four returns, in hundredths of a percent, from the row in bold type of the table.",
    ]
    for key in make_conventions.with_choices():
        spec, setting = spec_at(key), make_conventions.SETTINGS.get(key, make_conventions.USUAL)
        plain, found, _ = make_conventions.moved(key)
        moved: dict[str, list[float | None]] = {}
        for one in found:
            moved[one.choice] = [
                (new - old) * 1e4 if isinstance(new, float) and isinstance(old, float) and math.isfinite(new) else None
                for new, old in zip(one.returns, plain, strict=True)
            ]
        moved = {choice: by for choice, by in moved.items() if any(abs(one or 0.0) >= LEAST for one in by)}
        if moved:
            name = f"{key.replace('.', '_')}.svg"
            first = make_conventions.base(setting)[key] or "left out"
            drawn(moved, str(first), pictures / name, (*make_conventions.HEADS[:-1], heading(setting.last)))
            lines += [
                "",
                f"### {key}",
                "",
                f"{spec.meaning} {setting.said[:1].upper()}{setting.said[1:]}{'.' if setting.said else ''}".strip(),
                "",
                f"![What each choice of {key} does to four returns](pictures/conventions/{name})",
            ]
            known = [f"`{choice}`: {keys.SEEN_AT[key, choice]}" for choice in spec.choices if (key, choice) in keys.SEEN_AT]
            lines += ["", f"Known from: {'; '.join(known)}."] if known else []
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def heading(code: str) -> str:
    """The period of the last column, as the legend names it."""
    return make_conventions.HEADS[-1] if code == make_conventions.PERIODS[-1] else code


def drawn(moved: dict[str, list[float | None]], first: str, path: Path, heads: tuple[str, ...]) -> None:
    """A row a choice, a sign a period: how far each return moves."""
    figure, axes = pyplot.subplots(figsize=(8, 0.9 + 0.34 * len(moved)), layout="constrained")
    for place, (head, (marker, colour)) in enumerate(zip(heads, LOOKS, strict=True)):
        points = [(by[place], row) for row, by in enumerate(moved.values()) if by[place] is not None]
        axes.scatter(*zip(*points, strict=True), marker=marker, color=colour, label=head, s=34, alpha=0.85, zorder=3)
    axes.axvline(0, color="#555555", linewidth=1)
    axes.set_yticks(range(len(moved)), list(moved))
    axes.set_ylim(len(moved) - 0.5, -0.5)
    if max(abs(one or 0.0) for by in moved.values() for one in by) > 2000:
        axes.set_xscale("symlog", linthresh=10)
    axes.set_xlabel(f"hundredths of a percent above or below {first}")
    axes.grid(axis="x", color="#dddddd", linewidth=0.8)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.legend(ncols=len(LOOKS), loc="lower right", bbox_to_anchor=(1, 1), frameon=False, handletextpad=0.2)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
