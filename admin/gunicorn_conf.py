"""How gunicorn serves the console: a few threads in two processes, on the port the platform gives."""

from app.config import load_settings

_settings = load_settings()

bind = f"0.0.0.0:{_settings.port}"
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 20  # the platform kills after 30 s
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
accesslog = None  # it would hold access keys; what people do is in the audit
errorlog = "-"
loglevel = _settings.log_level.lower()
control_socket_disable = True
# Whom to believe about X-Forwarded-* is decided in one place, by BEHIND_TLS_PROXY.
forwarded_allow_ips = ""
