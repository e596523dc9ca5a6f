"""Makes ``data/guidance/outlines.json`` from echarts 4.9.0: ``python tools/make_outlines.py PACKAGE_FOLDER``.

PACKAGE_FOLDER is the unpacked npm package (Apache-2.0). Outlines are simplified: a sketch (示意图), good for showing
which provinces take part, not for showing borders. The inset of the South China Sea is that of the same package.
"""

from __future__ import annotations

import json
import math
import re
import sys
from pathlib import Path

WIDTH, TOLERANCE = 560.0, 0.7
WEST, NORTH, SQUEEZE = 73.4, 53.7, math.cos(math.radians(36))
SCALE = WIDTH / ((135.2 - WEST) * SQUEEZE)
Point = tuple[float, float]


def rings(geometry: dict, encoded: bool) -> list[list[Point]]:
    """Longitude and latitude of every outer ring."""
    found = []
    parts = geometry["coordinates"]
    offsets = geometry.get("encodeOffsets")
    if geometry["type"] == "Polygon":
        parts, offsets = [parts], [offsets]
    for part, offset in zip(parts, offsets, strict=True):
        for text, (x, y) in zip(part, offset, strict=True):
            found.append(decode(text, x, y) if encoded else [tuple(p) for p in text])
    return found


def decode(text: str, x: int, y: int) -> list[Point]:
    points = []
    for i in range(0, len(text), 2):
        dx, dy = ord(text[i]) - 64, ord(text[i + 1]) - 64
        x += (dx >> 1) ^ -(dx & 1)
        y += (dy >> 1) ^ -(dy & 1)
        points.append((x / 1024, y / 1024))
    return points


def project(p: Point) -> Point:
    return (p[0] - WEST) * SQUEEZE * SCALE, (NORTH - p[1]) * SCALE


def simplify(points: list[Point]) -> list[Point]:
    """Douglas and Peucker."""
    if len(points) < 3:
        return points
    (x1, y1), (x2, y2) = points[0], points[-1]
    length = math.hypot(x2 - x1, y2 - y1)

    def away(p: Point) -> float:
        if length == 0:
            return math.hypot(p[0] - x1, p[1] - y1)
        return abs((y2 - y1) * p[0] - (x2 - x1) * p[1] + x2 * y1 - y2 * x1) / length

    farthest = max(range(1, len(points) - 1), key=lambda i: away(points[i]))
    if away(points[farthest]) <= TOLERANCE:
        return [points[0], points[-1]]
    return simplify(points[: farthest + 1])[:-1] + simplify(points[farthest:])


def path_of(found: list[list[Point]]) -> str:
    lines = []
    for ring in found:
        points = simplify([project(p) for p in ring])
        box = (
            max(p[0] for p in points) - min(p[0] for p in points),
            max(p[1] for p in points) - min(p[1] for p in points),
        )
        if len(points) < 4 and max(box) < 2:
            x, y = points[0]
            points = [(x - 0.8, y - 0.8), (x + 0.8, y - 0.8), (x + 0.8, y + 0.8), (x - 0.8, y + 0.8)]
        lines.append(
            "M" + "L".join(f"{x:.0f} {y:.0f}" if TOLERANCE >= 1 else f"{x:.1f} {y:.1f}" for x, y in points) + "Z"
        )
    return "".join(lines).replace(".0", "")


def main(package: Path) -> None:
    source = json.loads((package / "map/json/china.json").read_text("utf-8"))
    provinces = {}
    for feature in source["features"]:
        code = feature["properties"]["id"]
        x, y = project(tuple(feature["properties"]["cp"]))
        shape = path_of(rings(feature["geometry"], bool(source.get("UTF8Encoding"))))
        provinces[code] = {"d": shape, "x": round(x), "y": round(y), "name": feature["properties"]["name"]}
    script = (package / "lib/coord/geo/fix/nanhai.js").read_text("utf-8")
    points = json.loads(re.search(r"points = (\[\[\[.*?\]\]\]);", script)[1])
    inset = "".join("M" + "L".join(f"{x + 490:.1f} {y * 1.15 + 365:.1f}" for x, y in ring) + "Z" for ring in points)
    target = Path(__file__).resolve().parents[1] / "data" / "guidance" / "outlines.json"
    target.write_text(
        json.dumps(
            {"viewbox": f"0 0 {WIDTH:.0f} 478", "inset": inset, "source": "npm echarts 4.9.0, Apache-2.0, simplified",
             "provinces": provinces},
            ensure_ascii=False, indent=0,
        ) + "\n", "utf-8",
    )  # fmt: skip
    print(len(provinces), "outlines,", target.stat().st_size, "bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
