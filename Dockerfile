# One image for every process: `serve`, `serve --no-worker`, `worker`, and the commands of administrators.
# The wheel is made first, its console with the Node.js that stays behind here.
FROM python:3.13-slim AS wheel
WORKDIR /source
COPY requirements/console.txt requirements/
RUN pip install --no-cache-dir --require-hashes --requirement requirements/console.txt
COPY LICENSE README.md pyproject.toml ./
COPY console console
COPY src src
RUN python console/build.py && pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TRANSLOAD_DATA_DIR=/data \
    TRANSLOAD_HOST=0.0.0.0 \
    TRANSLOAD_LOG_FORMAT=json

WORKDIR /opt/transload
COPY requirements/runtime.txt requirements/
RUN pip install --no-cache-dir --require-hashes --requirement requirements/runtime.txt
COPY --from=wheel /wheel /wheel
RUN pip install --no-cache-dir --no-deps /wheel/*.whl \
    && useradd --uid 10001 --create-home transload \
    && install --directory --mode=700 --owner=transload --group=transload /data

USER 10001
VOLUME /data
EXPOSE 8080
# A start may bring a large database up to date. The environment may name a proxy, which this must not ask.
HEALTHCHECK --start-period=10m CMD ["python", "-c", "from http.client import HTTPConnection as C; c = C('127.0.0.1', 8080, timeout=5); c.request('GET', '/healthz'); exit(c.getresponse().status != 200)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["transload"]
CMD ["serve"]
