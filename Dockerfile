# One image for every process: `serve`, `serve --no-worker`, `worker`, and the commands of administrators.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TRANSLOAD_DATA_DIR=/data \
    TRANSLOAD_HOST=0.0.0.0 \
    TRANSLOAD_LOG_FORMAT=json

WORKDIR /opt/transload
COPY requirements/runtime.txt requirements/
RUN pip install --no-cache-dir --requirement requirements/runtime.txt
COPY LICENSE README.md pyproject.toml ./
COPY src src
RUN pip install --no-cache-dir --no-deps . \
    && useradd --uid 10001 --create-home transload \
    && install --directory --owner=transload --group=transload /data

USER transload
VOLUME /data
EXPOSE 8080
HEALTHCHECK CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/healthz', timeout=5)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["transload"]
CMD ["serve"]
