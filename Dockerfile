# One image, roles by argument: `docker run muniment help`.
# The base is pinned by tag; pin it by digest too where your registry shows it (docs/decisions/0026-shipping.md).
FROM python:3.11.14-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.txt requirements-dev.txt ./
# --no-deps: what is installed is what is pinned, and nothing that a package asks for beyond it.
RUN python -m venv --without-pip /venv \
 && pip --python /venv/bin/python install --no-deps --only-binary :all: --requirement requirements.txt \
 && pip install --no-deps --only-binary :all: --target /build --constraint requirements-dev.txt polib
COPY . .
# The folder and the key are of this step only: nothing of them reaches the image.
RUN PYTHONPATH=/build /venv/bin/python -m config.translations \
 && MUNIMENT_DATA=/tmp/build MUNIMENT_SECRET_KEY=unused MUNIMENT_STATIC=/app/static \
    /venv/bin/python manage.py collectstatic --no-input --verbosity 0 \
 && /venv/bin/python -m whitenoise.compress --quiet static \
 && /venv/bin/python -m compileall -q -j 0 /app /venv/lib \
 && rm requirements-dev.txt \
 && chmod -R a+rX,go-w /app /venv

FROM python:3.11.14-slim-bookworm
LABEL org.opencontainers.image.title="Muniment" org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --gid 10001 muniment \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin muniment \
 && install -d -o 10001 -g 10001 -m 0700 /var/lib/muniment
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    MUNIMENT_DATA=/var/lib/muniment MUNIMENT_STATIC=/app/static
WORKDIR /app
USER 10001:10001
VOLUME ["/var/lib/muniment"]
EXPOSE 8000 2525
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "/app/deploy/entry.py", "healthy"]
ENTRYPOINT ["python", "/app/deploy/entry.py"]
CMD ["web"]
