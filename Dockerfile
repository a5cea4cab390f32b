FROM python:3.12-slim AS build
WORKDIR /app
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# The packages change less often than the source: a layer of their own.
COPY requirements-build.lock requirements-runtime.lock ./
RUN pip install --require-hashes -r requirements-build.lock \
 && pip install --require-hashes --no-build-isolation -r requirements-runtime.lock
COPY . .
# Editable, so that the package finds its migrations beside it as it does in a checkout.
RUN pip install --no-deps --no-build-isolation --editable . \
 && pip uninstall --yes setuptools wheel \
 && python -m compileall -q smartertrack_emu

FROM python:3.12-slim
RUN useradd --system --uid 9996 --home-dir /var/lib/smartertrack-emu smartertrack \
 && install --directory --mode=0700 --owner=smartertrack /var/lib/smartertrack-emu
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
# Settings rather than options, so that `docker compose exec server smartertrack-emu ...` means the same helpdesk.
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    SMARTERTRACK_EMU_HOST=0.0.0.0 SMARTERTRACK_EMU_DATA=/var/lib/smartertrack-emu
USER smartertrack
VOLUME /var/lib/smartertrack-emu
EXPOSE 9996
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9996/healthz', timeout=4)"]
# Beyond loopback the server starts only with an administrator's password of your own: SMARTERTRACK_EMU_ADMIN_PASSWORD.
ENTRYPOINT ["smartertrack-emu"]
CMD ["serve"]
