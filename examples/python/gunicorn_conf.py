"""gunicorn: each worker opens its own engine, once it has been forked."""


def post_fork(server: object, worker: object) -> None:
    import web

    web.open_engine()
