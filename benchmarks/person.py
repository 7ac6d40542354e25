"""A large file by a person's path in the console: how long each step takes, and whether it freezes.

Usage: python -m benchmarks.person [--megabytes 20]

A file with 5 % bad rows (a day written day first) is chosen, mapped, checked, mended as a group,
imported and taken back, in Chromium (`chromium` on the PATH) over a service that this starts.
`waits` is from the click to what the step shows in the end; `longest frame` is how long the page
stood still at most meanwhile.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.factories import FIELDS
from tests.processes import Installation
from transload.accounts.links import login_link
from transload.clock import Clock

_EVERY = 20  # one row of so many is bad: 5 %
_PATIENCE_MS = 600_000
_WATCH = """() => {
    window.longest = 0;
    let last = performance.now();
    const step = now => {
        window.longest = Math.max(window.longest, now - last);
        last = now;
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
}"""
_LONGEST = "() => { const found = window.longest; window.longest = 0; return found; }"


def main() -> int:
    """Go the path once; print a line a step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=20)
    options = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.stderr.write("This needs chromium on the PATH.\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="transload-person-") as folder:
        place = Installation(data_dir=Path(folder) / "data")
        token = place.token()
        file, rows = _file(Path(folder), int(options.megabytes * (1 << 20)))
        with place.serving() as program, sync_playwright() as playwright:
            with program.client(token) as client:
                email = client.get("/session").json()["data"]["user"]["email"]
                client.post("/hub", json={"name": "Jakarta", "address": "x", "lat": 0, "lng": 0})
                body = {"name": "Outlets", "fields": [dict(one) for one in FIELDS]}
                data_type = client.post("/data-type", json=body).json()["data_type"]["_id"]
            with place.database() as database:
                secret = login_link(database, email, Clock().now())
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page()
            page.set_default_timeout(_PATIENCE_MS)
            page.goto(f"{program.url}/console/sign-in#{secret}")
            page.get_by_role("button", name="without").click()
            page.get_by_role("heading", name="Data", level=1).wait_for()
            page.goto(f"{program.url}/console/imports/new?type={data_type}")
            page.evaluate(_WATCH)
            print(
                f"{file.stat().st_size / (1 << 20):.1f} MiB, {rows:,} rows, {rows // _EVERY:,} bad"
            )
            _go(page, file, rows)
            browser.close()
    return 0


def _file(folder: Path, most_bytes: int) -> tuple[Path, int]:
    """Write a file of at most so many bytes; give it, and its rows: a multiple of 20."""
    lines, size = ["Code,Name,Address,Price,Opened"], 32
    while True:
        block = []
        for at in range(_EVERY):
            n = len(lines) - 1 + at
            day = "31/05/2024" if at == 0 else "2024-05-31"
            block.append(f"{n:07},Toko nomor {n},Jalan Merdeka {n} Jakarta Pusat,{n % 9_973},{day}")
        size += sum(len(line) + 1 for line in block)
        if size >= most_bytes:
            break
        lines += block
    file = folder / "outlets.csv"
    file.write_text("\n".join(lines))
    return file, len(lines) - 1


def _go(page: Page, file: Path, rows: int) -> None:
    bad = rows // _EVERY

    def step(name: str, act: Callable[[], object], end: Callable[[], object]) -> None:
        page.evaluate(_LONGEST)
        began = time.perf_counter()
        act()
        end()
        seconds = time.perf_counter() - began
        print(
            f"{name:28} waits {seconds:6.1f} s   longest frame {page.evaluate(_LONGEST):5.0f} ms",
            flush=True,
        )

    def text(sentence: str) -> Callable[[], None]:
        return page.get_by_text(sentence).first.wait_for

    def press(name: str) -> Callable[[], None]:
        return page.get_by_role("button", name=name).first.click

    page.get_by_label("File", exact=True).last.set_input_files(file)
    step("sent and looked through", press("Continue"), text("Which column is which field"))
    step("checked", press("Check the rows"), text(f"Opened: {bad:,} cells"))
    step("a group mended", press("Read as day, month, year"), text("Every row fits."))
    step("imported", press(f"Import {rows:,} rows"), text(f"{rows:,} rows are in the store."))
    step("told what an undo would do", press("Undo the import"), press("Undo it"))
    step("taken back", lambda: None, text("Taken back:"))


if __name__ == "__main__":
    sys.exit(main())
