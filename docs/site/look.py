"""Every page of the built site as a picture, on a desk and on a phone: ``python docs/site/look.py [SITE] [OUT]``, or ``make look``.

A page wider than its window, which a reader would have to push sideways, ends it with 1; a table or a line of code that
scrolls within itself is fine. Needs Chromium (``apt install chromium``) and Playwright, which asks a browser what stands where.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
WINDOWS = {"desk": (1280, 1000), "phone": (390, 844)}
LONGEST = 6000  # what is looked at of a long page, from its top


def main(site: Path = ROOT / "build" / "site", out: Path = ROOT / "build" / "look") -> int:
    """Look at all pages; 1 where one does not fit."""
    chromium = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    if chromium is None:
        sys.exit("Chromium is not installed: apt install chromium")
    pages = sorted(site.rglob("*.html"))
    if not pages:
        sys.exit(f"No pages in {site}: make docs")
    out.mkdir(parents=True, exist_ok=True)
    too_wide = []
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for window, (width, height) in WINDOWS.items():
            tab = browser.new_page(viewport={"width": width, "height": height})
            for number, page in enumerate(pages, 1):
                name = page.relative_to(site).with_suffix("").as_posix().replace("/", "-")
                tab.goto(page.as_uri())
                wide, long = tab.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
                if wide > width:
                    too_wide.append(f"{name}: {wide} wide on a {window} of {width}")
                seen = {"x": 0, "y": 0, "width": width, "height": min(long, LONGEST)}
                tab.screenshot(path=out / f"{name}.{window}.png", full_page=True, clip=seen)
                print(f"\r{window}: {number} of {len(pages)} pages", end="", file=sys.stderr, flush=True)
        browser.close()
    print(file=sys.stderr)
    fits = ", ".join(f"a {name} of {size[0]}" for name, size in WINDOWS.items())
    print("\n".join(too_wide) or f"{len(pages)} pages fit {fits}.")
    print(f"Pictures: {out}")
    return int(bool(too_wide))


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
