"""The demonstration, as a newcomer runs it."""

import base64
import re
import subprocess
import sys

from gateway.cli._demo import plants
from gateway.cli._demo.looking import arrived, read_picture


def test_nothing_planted_arrives_and_the_report_is_self_contained(tmp_path):
    report = tmp_path / "report.html"
    done = subprocess.run(
        [sys.executable, "-m", "gateway", "demo", "--report", str(report)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    assert re.search(r"\b0 of [1-9][0-9]* planted values arrived", done.stdout)
    page = report.read_text("utf-8")
    assert [] == re.findall(r"<script|https?://|<link|src=(?!\"data:image/png;base64,)", page)
    before, after = (base64.b64decode(p) for p in re.findall(r'base64,([^"]+)"', page))
    assert plants.screenshot() == before
    shown = [plants.EMAIL, plants.PHONE, plants.CARD]
    assert ([], shown) == (
        [value for value in shown if value in read_picture(after)],
        [value for value in shown if value in read_picture(before)],
    )
    assert "The parcel leaves on Monday." in read_picture(after)


def test_the_demonstrations_own_eyes_see_every_planted_value():
    # Else "nothing arrived" would prove nothing.
    documents = {
        plants.docx(): ("Emily Carter", "张伟", plants.EMAIL, plants.PHONE, plants.RESIDENT_ID),
        plants.xlsx(): ("张伟", "李晓梅", plants.MOBILE, plants.RESIDENT_ID),
        plants.pptx(): ("Emily Carter", "Project Falcon", plants.EMAIL, plants.MOBILE),
        plants.pdf(): ("Emily Carter", "张伟", plants.EMAIL, plants.CARD, plants.RESIDENT_ID),
        plants.csv(): ("李晓梅", plants.MOBILE),
        plants.archive({"a.csv": plants.csv()}): ("李晓梅", plants.MOBILE),
    }
    assert list(documents.values()) == [arrived(v, data) for data, v in documents.items()]
