# Explorer, dependencies, gateway: three stages, and the last one has neither compiler nor node in it.
FROM node:22-bookworm-slim AS web
WORKDIR /build/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock requirements-development.lock pyproject.toml README.md ./
RUN python -m venv /opt/helsekort \
    && /opt/helsekort/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
    && python -m venv /opt/tools && /opt/tools/bin/pip install --no-cache-dir --require-hashes -r requirements-development.lock
COPY app/ app/
COPY resolvers/ resolvers/
COPY data/ data/
COPY --from=web /build/app/web_dist/ app/web_dist/
RUN /opt/tools/bin/pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/helsekort/bin/pip install --no-cache-dir --no-deps /wheels/*.whl

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/helsekort helsekort
COPY --from=build /opt/helsekort /opt/helsekort
USER helsekort
WORKDIR /var/lib/helsekort
# Production unless said otherwise: a container that somebody forgot to configure lets nobody in.
ENV PATH=/opt/helsekort/bin:$PATH HELSEKORT_PROFILE=production HELSEKORT_HOST=0.0.0.0 \
    HELSEKORT_DATA_DIR=/var/lib/helsekort
EXPOSE 8000
VOLUME /var/lib/helsekort
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD \
    ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('HELSEKORT_PORT', '8000')}/health/ready\", timeout=2)"]
ENTRYPOINT ["helsekort"]
CMD ["serve"]
