# plainsail as one static binary on an empty image. `tests/tools/chroot-proof` shows that it needs nothing else.
#
#   docker build -t plainsail .
#   docker run --rm plainsail --version
FROM rust:1.95-bookworm AS build
RUN apt-get update && apt-get install -y --no-install-recommends musl-tools && rm -rf /var/lib/apt/lists/*
RUN rustup target add "$(uname -m)-unknown-linux-musl"
WORKDIR /source
COPY . .
RUN cargo build --release --locked --target "$(uname -m)-unknown-linux-musl" \
 && mkdir -p /image/tmp && chmod 1777 /image/tmp \
 && cp "target/$(uname -m)-unknown-linux-musl/release/plainsail" /image/plainsail

FROM scratch
# The binary, which brings its own certificate authorities, and an empty /tmp for git objects; charts/plainsail mounts a volume there.
COPY --from=build /image /
USER 65532:65532
ENTRYPOINT ["/plainsail"]
