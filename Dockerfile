# syntax=docker/dockerfile:1
# Targets: cpu (the default: it stands last) and cuda (linux/amd64 only). Both hold the same program and the demo's
# images and model; examples/blood-cells/README.md says which licenses those have.

FROM node:24.11.1-bookworm-slim AS node

FROM node AS build
WORKDIR /app
COPY .npmrc package.json package-lock.json tsconfig.json ./
RUN npm ci --ignore-scripts
COPY scripts/bundle.js scripts/
COPY src src
RUN npm run build

# What runs. ONNX Runtime's package holds every platform, and the compiler comes along as an optional peer: both go.
FROM node AS packages
WORKDIR /app
COPY .npmrc package.json package-lock.json ./
COPY scripts/prepare.js scripts/
RUN npm ci --omit=dev \
 && rm -rf node_modules/typescript node_modules/@typescript node_modules/.bin/tsc \
 && find node_modules/onnxruntime-node/bin -mindepth 2 -maxdepth 2 ! -name linux -exec rm -r {} + \
 && find node_modules/onnxruntime-node/bin -mindepth 3 -maxdepth 3 ! -name "$(node -p process.arch)" -exec rm -r {} +

# The CUDA 12 provider of ONNX Runtime comes from NuGet, not from npm; --omit=dev as above, so nothing else moves.
FROM packages AS packages-cuda
RUN ONNXRUNTIME_NODE_INSTALL=cuda12 node node_modules/onnxruntime-node/script/install.js \
 && test -f node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so

# The program and its examples, which both targets take over as they are.
FROM node AS program
WORKDIR /app
COPY package.json LICENSE NOTICE README.md ./
COPY bin bin
COPY scripts/upload-folder.js scripts/
COPY examples/blood-cells examples/blood-cells
COPY examples/audits examples/audits
COPY --from=build /app/dist/bundle dist/bundle

# ONNX Runtime 1.30 for CUDA 12 wants cuDNN 9: this base has both. Node's own libraries are what Debian's image has and
# this one may lack.
FROM nvidia/cuda:12.9.1-cudnn-runtime-ubuntu24.04 AS cuda
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libatomic1 libstdc++6 tini \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 eigenfleet \
 && useradd --uid 10001 --gid 10001 --create-home eigenfleet \
 && install -d -o eigenfleet -g eigenfleet /data
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=program /app /app
COPY --from=packages-cuda /app/node_modules /app/node_modules
RUN ln -s /app/bin/eigenfleet.js /usr/local/bin/eigenfleet
ENV NODE_ENV=production ORT_DISABLE_TELEMETRY=1
# Less memory for the threads of workers: src/fleet/worker/allocator-environment.ts says how.
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=1048576 MALLOC_TRIM_THRESHOLD_=4194304
WORKDIR /data
USER 10001:10001
EXPOSE 9464 3000
STOPSIGNAL SIGTERM
# Workers and the coordinator answer here; a command that runs to its end does not, so switch the check off for those.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
LABEL org.opencontainers.image.title="eigenfleet" \
      org.opencontainers.image.description="Explains whole image datasets of a YOLOv8 ONNX model; with CUDA 12" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0 AND MIT AND AGPL-3.0-only"
# tini is process 1: it hands signals on and reaps what a crashed probe leaves behind.
ENTRYPOINT ["tini", "--", "eigenfleet"]
CMD ["--help"]

FROM node AS cpu
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates tini \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 eigenfleet \
 && useradd --uid 10001 --gid 10001 --create-home eigenfleet \
 && install -d -o eigenfleet -g eigenfleet /data
COPY --from=program /app /app
COPY --from=packages /app/node_modules /app/node_modules
RUN ln -s /app/bin/eigenfleet.js /usr/local/bin/eigenfleet
ENV NODE_ENV=production ORT_DISABLE_TELEMETRY=1
# Less memory for the threads of workers: src/fleet/worker/allocator-environment.ts says how.
ENV MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=1048576 MALLOC_TRIM_THRESHOLD_=4194304
WORKDIR /data
USER 10001:10001
EXPOSE 9464 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:9464/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
LABEL org.opencontainers.image.title="eigenfleet" \
      org.opencontainers.image.description="Explains whole image datasets of a YOLOv8 ONNX model" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0 AND MIT AND AGPL-3.0-only"
ENTRYPOINT ["tini", "--", "eigenfleet"]
CMD ["--help"]
