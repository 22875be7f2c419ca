"""Taxpayers, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "tenants.environment": "Ambiente",
    "tenants.certificate": "Certificado de firma",
    "tenants.valid_until": "Vigente hasta",
    "tenants.expires_soon": "Caduca pronto:",
    "tenants.expired": "Caducado:",
    "tenants.no_certificate": "No tiene",
    "tenants.halts": "Suspensiones",
    "tenants.inactive": "inactivo",
    "tenants.see_documents": "Ver comprobantes",
    "tenants.trade_name": "Nombre comercial",
    "tenants.address": "Dirección matriz",
    "tenants.mail": "Correo a compradores",
    "tenants.halted_what": "Qué está suspendido",
    "tenants.everything": "Toda la emisión",
    "tenants.establishment": "Establecimiento {n}",
    "tenants.reason": "Motivo",
    "tenants.lift_why": "Por qué se levanta",
    "tenants.lift": "Levantar",
    "tenants.is_lifted": "La suspensión quedó levantada: la emisión sigue sola.",
    "tenants.not_halted": "Nada está suspendido.",
    "tenants.halt": "Suspender la emisión",
    "tenants.only_establishment": "Solo el establecimiento",
    "tenants.halt_hours": "Levantar sola después de (horas)",
    "tenants.halt_why": "Por qué se suspende",
    "tenants.is_halted": "La emisión quedó suspendida; lo ya enviado se sigue consultando.",
    "tenants.lifted": "Ya levantadas: {n}",
    "tenants.reason_needed": "Escriba el motivo, con al menos {n} letras.",
    "tenants.establishment_wrong": "Un establecimiento son tres cifras.",
}
