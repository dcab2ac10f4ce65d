import re
from importlib.resources import files

import pytest


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_by_weak_eyes_on_every_ground_of_both_themes(theme):
    style = files("perito.report").joinpath("report.css").read_text("utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    colours = dict(re.findall(r"--([a-z0-9]+): (#[0-9a-f]{6});", blocks[0]))
    if theme == "dark":
        colours |= dict(re.findall(r"--([a-z0-9]+): (#[0-9a-f]{6});", blocks[1]))
    for ground in ("paper", "sheet", "wash"):
        for ink in ("ink", "soft", "accent", "g0", "g1", "g2", "g3", "escape"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (theme, ink, ground)
    for badge in ("g0", "g1"):
        assert contrast(colours["sheet"], colours[badge]) >= 4.5, (theme, badge)
