"""What somebody is told who is refused, and what the audit says of it, in Spanish."""

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "refusal.permission": "falta el permiso {permission}",
    "refusal.nobody": "nadie puede hacer esto",
    "refusal.token": "sin un formulario válido de esta sesión",
    "refusal.not_theirs": "no existe entre lo que puede ver",
    "failure.400": "Esa petición no se entiende",
    "failure.400.what": "Puede que el formulario haya caducado. Vuelva a la página anterior, actualícela e inténtelo.",
    "failure.403": "No tiene permiso",
    "failure.403.what": "Su cuenta no puede ver ni hacer esto. El intento quedó registrado.",
    "failure.404": "Esa página no existe",
    "failure.404.what": "La dirección no corresponde a nada que usted pueda ver.",
    "failure.405": "Eso no se hace así",
    "failure.405.what": "Esta dirección no admite esa clase de petición.",
    "failure.413": "Es demasiado grande",
    "failure.413.what": "La consola no recibe archivos de ese tamaño.",
    "failure.429": "Demasiados intentos",
    "failure.429.what": "Por seguridad hay que esperar. Inténtelo de nuevo en unos minutos.",
    "failure.500": "Algo falló en la consola",
    "failure.500.what": "El error quedó registrado. Los comprobantes siguen su camino sin la consola.",
    "failure.503": "La consola no puede leer ahora",
    "failure.503.what": "La base de datos no responde. Inténtelo en unos segundos; nada se ha perdido.",
    "failure.other": "No se pudo",
    "failure.other.what": "La consola no pudo atender esta petición.",
    "failure.back": "Ir al inicio",
}
