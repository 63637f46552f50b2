# corsproof with Debian's headless Chrome: make image, and then
#
#   docker run --rm --security-opt seccomp=unconfined corsproof ask https://api.example.com/ --from https://app.example.com
#   docker run --rm --security-opt seccomp=unconfined --volume "$PWD:/work" --user "$(id -u)" corsproof verify policy.yaml --html report.html
#
# Chrome's sandbox makes user namespaces, which Docker's seccomp profile refuses. Where it must
# stay, --chrome-flag=--no-sandbox leaves the container as the only boundary. --init is not needed.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /corsproof .

FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates chromium-headless-shell \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --create-home corsproof
COPY --from=build /corsproof /usr/local/bin/corsproof
# Any user may run it: Chrome needs a home that it can write to.
ENV HOME=/tmp
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["/usr/local/bin/corsproof"]
CMD ["verify"]
