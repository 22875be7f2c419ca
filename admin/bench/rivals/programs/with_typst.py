"""The invoice with typst: one compiler, as a worker would keep it, and never the same document twice."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typst

_TEMPLATE = """
#let f = json(bytes(sys.inputs.facts))
#let page-of = context align(right)[Página #counter(page).display() de #counter(page).final().first()]
#set page(paper: "a4", margin: 36pt, footer: page-of)
#set text(font: "DejaVu Sans", size: 7pt)
#let boxed(lines) = block(stroke: .6pt + gray, radius: 4pt, inset: 6pt, width: 100%)[#lines.join(linebreak())]
#let bar(b) = place(dx: b.at(0) * 1pt, rect(width: b.at(1) * 1pt, height: 36pt, fill: black))
#grid(columns: (1fr, 1fr), gutter: 12pt,
  [#image(f.logo, width: 190pt) #boxed(f.issuer)],
  [#boxed(f.stub) #box(width: 250pt, height: 36pt)[#for b in f.bars { bar(b) }]])
#boxed(f.buyer)
#let under = (bottom: .5pt + gray)
#let widths = f.widths.map(w => w * 1fr)
#table(columns: widths, stroke: under, table.header(..f.heads.map(strong)), ..f.rows.flatten())
#table(columns: (3fr, 1fr), stroke: under, ..f.totals.flatten())
"""


def prepare(facts: dict[str, Any]) -> Callable[[], bytes]:
    """What makes the PDF once."""
    folder = Path(facts["logo"]).parent
    source = folder / "ride.typ"
    source.write_text(_TEMPLATE, encoding="utf-8")
    told = facts | {"logo": Path(facts["logo"]).name}
    compiler = typst.Compiler(str(source), root=str(folder), font_paths=[facts["fonts"]])
    turns = iter(range(1_000_000))

    def make() -> bytes:
        # it remembers what it has laid out once: no two documents of a day are alike, so these are not either
        other = told | {"rows": [[f"{next(turns)}", *row[1:]] for row in told["rows"]]}
        return bytes(compiler.compile(sys_inputs={"facts": json.dumps(other, ensure_ascii=False)}))

    return make
