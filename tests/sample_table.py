"""What must become of every public sample factura and nota de crédito, on the day it was dated."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Sample:
    """One file of the samples folder; ``on`` is its own fechaEmision.

    A refused one names one of its problems: the SRI's path, and the code it would have earned ("" for none).
    ``rate_ended`` marks those whose only fault, dated today, is a tax rate that no longer holds.
    """

    file: str
    on: date
    accepted: bool
    field: str = ""
    code: str = ""
    why: str = ""
    rate_ended: bool = False


def _accepted(file: str, on: date, *, rate_ended: bool = False) -> Sample:
    return Sample(file, on, accepted=True, rate_ended=rate_ended)


def _refused(file: str, on: date, field: str, code: str, why: str) -> Sample:
    return Sample(file, on, accepted=False, field=field, code=code, why=why)


SAMPLES: tuple[Sample, ...] = (
    _refused(
        "fac-v1.0.0-plain-01.xml", date(2021, 9, 4), "infoFactura.totalSinImpuestos", "35", "elements missing"
    ),
    _refused("fac-v1.0.0-plain-02.xml", date(2022, 6, 28), "infoFactura.totalSinImpuestos", "52", "totals"),
    _accepted("fac-v1.0.0-plain-03.xml", date(2023, 2, 23), rate_ended=True),
    _accepted("fac-v1.0.0-plain-04.xml", date(2023, 3, 12), rate_ended=True),
    _refused(
        "fac-v1.0.0-plain-06.xml", date(2025, 12, 15), "infoFactura.identificacionComprador", "62", "cédula"
    ),
    _accepted("fac-v1.0.0-stripped-01.xml", date(2025, 8, 4)),
    _accepted("fac-v1.0.0-stripped-aut-03.xml", date(2025, 8, 4)),
    _accepted("fac-v1.0.0-stripped-aut-04.xml", date(2023, 3, 12), rate_ended=True),
    _accepted("fac-v1.1.0-plain-01.xml", date(2026, 2, 10)),
    _refused(
        "fac-v1.1.0-plain-02.xml",
        date(2026, 2, 10),
        "detalles[1].impuestos[1].tarifa",
        "52",
        "code 7 with tax",
    ),
    _refused(
        "fac-v1.1.0-plain-03.xml", date(2026, 2, 10), "infoFactura.totalConImpuestos", "35", "no total tax"
    ),
    _refused(
        "fac-v1.1.0-plain-04.xml",
        date(2026, 2, 28),
        "infoFactura.pagos[1].formaPago",
        "",
        "payment method 03 is not in tabla 24",
    ),
    _accepted("fac-v1.1.0-plain-05.xml", date(2023, 11, 9)),
    _accepted("fac-v1.1.0-plain-09.xml", date(2021, 3, 3), rate_ended=True),
    _accepted("fac-v1.1.0-plain-10.xml", date(2021, 3, 4), rate_ended=True),
    _refused(
        "fac-v1.1.0-plain-11.xml", date(2021, 7, 6), "detalles[1].codigoPrincipal", "35", "empty optionals"
    ),
    _refused("fac-v1.1.0-plain-12.xml", date(2013, 3, 21), "infoFactura.pagos", "", "no payments"),
    _refused("fac-v2.1.0-plain-01.xml", date(2026, 6, 21), "detalles[1].impuestos", "35", "no taxes"),
    _accepted("fac-v2.1.0-plain-02.xml", date(2026, 1, 22)),
    _refused(
        "fac-v2.1.0-plain-aut-01.xml", date(2026, 4, 2), "infoFactura.guiaRemision", "35", "out of order"
    ),
    _refused("fac-v2.1.0-plain-aut-02.xml", date(2026, 4, 2), "extensions", "35", "unknown element"),
)

_INFO = "infoNotaCredito"
CREDIT_NOTES: tuple[Sample, ...] = (
    _refused(
        "ncr-v1.0.0-plain-01.xml", date(2026, 6, 12), f"{_INFO}.valorModificado", "35", "a name no schema has"
    ),
    _refused("ncr-v1.0.0-plain-aut-01.xml", date(2026, 6, 12), f"{_INFO}.valorModificacion", "35", "missing"),
    _refused("ncr-v1.1.0-plain-01.xml", date(2021, 3, 31), "infoTributaria.ambiente", "35", "padded values"),
    _refused("ncr-v1.1.0-plain-02.xml", date(2021, 3, 31), "infoTributaria.ambiente", "35", "padded values"),
    _refused(
        "ncr-v1.1.0-plain-03.xml", date(2021, 3, 31), f"{_INFO}.valorModificacion", "52", "IVA left out"
    ),
    _refused(
        "ncr-v1.1.0-plain-aut-01.xml", date(2026, 4, 3), f"{_INFO}.compensaciones", "", "dead since 2017"
    ),
    # The SRI authorized this one: what is taxed at 0 % is not in its subtotal, and nobody looked.
    _refused(
        "ncr-v1.1.0-stripped-01.xml", date(2023, 11, 24), f"{_INFO}.totalSinImpuestos", "52", "subtotal"
    ),
    _refused(
        "ncr-v1.1.0-stripped-aut-01.xml", date(2023, 11, 24), f"{_INFO}.totalSinImpuestos", "52", "subtotal"
    ),
)
