"""The look of a taxpayer's RIDEs, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "branding.title": "Imagen de los RIDE",
    "branding.lead": "Vale desde el próximo RIDE. Los que ya existen conservan la imagen con que se hicieron.",
    "branding.now": "Ahora",
    "branding.logo": "Logo",
    "branding.logo_of": "Logo de {name}",
    "branding.accent": "Color",
    "branding.none": "No tiene",
    "branding.standard": "El azul de siempre",
    "branding.sample": "Ver un RIDE de muestra (PDF)",
    "branding.change": "Cambiar",
    "branding.logo_file": "Otro logo",
    "branding.logo_hint": "PNG o JPEG de hasta {size} MB. Lo transparente sale blanco; los márgenes se recortan.",
    "branding.no_logo": "Sin logo",
    "branding.accent_hint": "Como #1a5276; tan oscuro que se lea sobre papel y en blanco sobre él.",
    "branding.no_accent": "El azul de siempre",
    "branding.save": "Guardar",
    "branding.changed": "Guardado: vale desde el próximo RIDE.",
    "branding.same": "Nada cambió.",
    "branding.refused": "No se guardó: {why}.",
    "branding.link": "Imagen de los RIDE",
    "permission.tenant.brand": "Cambiar logo y color de los RIDE",
}
