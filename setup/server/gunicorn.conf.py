"""How gunicorn serves the console: behind nginx, by a socket file; WEB_CONCURRENCY says how many processes."""

from scopserv_site.web.gunicorn_logger import TokenlessLogger

bind = "unix:/run/console/web.sock"
umask = 0o007  # nginx is in the group
worker_class = "gthread"
threads = 8
timeout = 120
graceful_timeout = 30
control_socket_disable = True
worker_tmp_dir = "/dev/shm"  # noqa: S108  (a heartbeat on a disk may come late)

logger_class = TokenlessLogger
accesslog = "-"
access_log_format = "%({x-forwarded-for}i)s %({host}i)s %(m)s %(U)s %(s)s %(B)s %(M)s ms"
