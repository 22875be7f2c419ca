"""Kinds of identification a buyer can show (ficha tabla 6), and how an unnamed buyer is written."""

from datetime import date

from app.catalogues.periods import Period
from app.errors import Text

RUC = "04"
CEDULA = "05"
PASSPORT = "06"
FINAL_CONSUMER = "07"
FOREIGN = "08"

BUYER_IDENTIFICATIONS = {
    RUC: Text("RUC", "RUC"),
    CEDULA: Text("cédula", "cédula"),
    PASSPORT: Text("pasaporte", "passport"),
    FINAL_CONSUMER: Text("consumidor final", "final consumer"),
    FOREIGN: Text("identificación del exterior", "foreign identification"),
}

FINAL_CONSUMER_ID = "9999999999999"
FINAL_CONSUMER_NAME = "CONSUMIDOR FINAL"

CREDITED_TO_FINAL_CONSUMER = Period(last=date(2025, 12, 31))
"""Days on which a factura to a final consumer could still be taken back by nota de crédito."""
