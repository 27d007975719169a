# A program without any libraries, in an image without anything else:
#   docker build -t nginspect .
#   docker run --rm -v "$PWD:/io:ro" nginspect
FROM rust:1-alpine AS build
RUN apk add --no-cache musl-dev
WORKDIR /src
COPY . .
RUN cargo build --release --locked --bin nginspect

FROM scratch
COPY --from=build /src/target/release/nginspect /usr/local/bin/nginspect
ENV PATH=/usr/local/bin
# Nobody in particular; fixes need --user "$(id -u):$(id -g)" and a folder that may be written.
USER 65534:65534
WORKDIR /io
ENTRYPOINT ["nginspect"]
CMD ["check", "."]
