# Calmline in a container.
#
#   docker build -t calmline .
#   docker run --rm -v calmline:/var/lib/calmline calmline models fetch     # once: the models
#   docker run --rm -v calmline:/var/lib/calmline calmline demo             # simulated callers
#   docker run -p 127.0.0.1:8080:8080 --stop-timeout 90 -v calmline:/var/lib/calmline -v "$PWD/config:/etc/calmline:ro" \
#       -e CALMLINE_TWILIO_AUTH_TOKEN -e CALMLINE_API_TOKEN calmline
#
# The mounted folder holds your `calmline.toml` (start from `config/container.toml`) and `businesses/`. The stop timeout
# must be longer than `server.drain_seconds`, or calls are cut off.

FROM rust:1.95-bookworm AS builder
# whisper is built by cmake; the compiler is in the image already.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends cmake \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# Built for every x86-64 processor since 2013 instead of the one that builds, so that the image moves between machines;
# without these instructions whisper takes several times as long. Other architectures ignore the last three.
ENV GGML_NATIVE=OFF GGML_AVX2=ON GGML_FMA=ON GGML_F16C=ON
COPY . .
RUN cargo build --release --locked --bin calmline

FROM debian:bookworm-slim
# espeak-ng turns words into sounds, and pip fetches models where their publishers cannot be reached. pip's
# recommendations would bring a compiler.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates espeak-ng libstdc++6 python3-pip \
    && rm -rf /var/lib/apt/lists/*
# A fixed number, so that the owner of a mounted folder can be set to it.
RUN useradd --uid 10001 --no-create-home --home-dir /var/lib/calmline --shell /usr/sbin/nologin calmline \
    && install --directory --owner=calmline --group=calmline /var/lib/calmline /var/lib/calmline/models
COPY --from=builder /build/target/release/calmline /usr/local/bin/calmline
COPY config/container.toml /etc/calmline/calmline.toml
COPY config/businesses /etc/calmline/businesses
COPY LICENSE-MIT LICENSE-APACHE /usr/share/doc/calmline/
COPY src/audio/silero/LICENSE /usr/share/doc/calmline/LICENSE-silero
USER calmline
# The home is where the voice keeps its fixed phrases.
ENV HOME=/var/lib/calmline \
    CALMLINE_CONFIG=/etc/calmline/calmline.toml \
    CALMLINE_MODELS=/var/lib/calmline/models
WORKDIR /var/lib/calmline
# The database, the models and the fixed phrases outlive the container.
VOLUME /var/lib/calmline
EXPOSE 8080
# Loading and warming the models takes a while on small machines.
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s --retries=3 CMD ["calmline", "doctor", "--health"]
ENTRYPOINT ["calmline"]
CMD ["serve"]
