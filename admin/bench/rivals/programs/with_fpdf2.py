"""The invoice with fpdf2."""

import io
from collections.abc import Callable
from typing import Any

from fpdf import FPDF
from fpdf.fonts import FontFace


def prepare(facts: dict[str, Any]) -> Callable[[], bytes]:
    """What makes the PDF once."""

    def make() -> bytes:
        pdf = FPDF(unit="pt", format="A4")
        pdf.add_font("Sans", "", facts["regular"])
        pdf.add_font("Sans", "B", facts["bold"])
        pdf.set_font("Sans", "", 7)
        pdf.add_page()
        pdf.image(facts["logo"], 36, 36, w=190)
        pdf.set_xy(36, 100)
        pdf.multi_cell(250, 10, "\n".join(facts["issuer"]), border=1)
        pdf.set_xy(300, 36)
        pdf.multi_cell(259, 10, "\n".join(facts["stub"]), border=1)
        for offset, width in facts["bars"]:
            pdf.rect(300 + offset, 130, width, 36, style="F")
        pdf.set_xy(36, 180)
        pdf.multi_cell(523, 10, "\n".join(facts["buyer"]), border=1)
        pdf.set_y(pdf.get_y() + 20)
        head = FontFace(emphasis="BOLD", fill_color=(242, 245, 249))
        with pdf.table(headings_style=head, col_widths=facts["widths"], line_height=9) as table:
            for row in (facts["heads"], *facts["rows"]):
                cells = table.row()
                for cell in row:
                    cells.cell(cell)
        with pdf.table(first_row_as_headings=False, col_widths=(400, 123), line_height=10) as table:
            for row in facts["totals"]:
                cells = table.row()
                for cell in row:
                    cells.cell(cell)
        out = io.BytesIO()
        pdf.output(out)
        return out.getvalue()

    return make
