"""The invoice with WeasyPrint."""

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

_STYLE = """
@font-face { font-family: Ride; src: url(%s) }
@font-face { font-family: Ride; font-weight: bold; src: url(%s) }
@page { size: A4; margin: 36pt;
  @bottom-right { content: "Página " counter(page) " de " counter(pages); font: 6pt Ride } }
body { font: 7pt Ride } .box { border: .6pt solid #ccc; border-radius: 4pt; padding: 6pt; margin-bottom: 8pt }
.half { display: inline-block; width: 46%%; vertical-align: top } table { width: 100%%; border-collapse: collapse }
thead { background: #f2f5f9 } td, th { text-align: left; padding: 3pt; border-bottom: .5pt solid #ccc }
"""


def prepare(facts: dict[str, Any]) -> Callable[[], bytes]:
    """What makes the PDF once."""
    fonts = FontConfiguration()
    files = tuple(Path(facts[name]).as_uri() for name in ("regular", "bold"))
    style = CSS(string=_STYLE % files, font_config=fonts)

    def make() -> bytes:
        html = HTML(string=_page(facts))
        return bytes(html.write_pdf(stylesheets=[style], font_config=fonts))

    return make


def _page(facts: dict[str, Any]) -> str:
    bars = "".join(
        f'<rect x="{offset}" y="0" width="{width}" height="36"/>' for offset, width in facts["bars"]
    )
    return (
        f'<body><div class="half"><img src="{Path(facts["logo"]).as_uri()}" width="190">'
        f'<div class="box">{_lines(facts["issuer"])}</div></div><div class="half box">{_lines(facts["stub"])}'
        f'<svg width="250" height="36" viewBox="0 0 250 36">{bars}</svg></div>'
        f'<div class="box">{_lines(facts["buyer"])}</div><table><thead>{_row(facts["heads"], "th")}</thead>'
        f"<tbody>{''.join(_row(row, 'td') for row in facts['rows'])}</tbody></table>"
        f"<table>{''.join(_row(row, 'td') for row in facts['totals'])}</table></body>"
    )


def _lines(lines: list[str]) -> str:
    return "<br>".join(map(escape, lines))


def _row(cells: list[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"
