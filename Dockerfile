# One image per stage and one for the client, all from this file: docker-compose.yml says which folder is SERVICE.
# Layers that do not depend on SERVICE are made once, and shared by all images.

# Any Node 24 on Debian; Flotilla's pinned Node packages stay out, since the base image has Node.
ARG NODE_IMAGE=node:24-bookworm-slim

# What npm reads, and nothing else: the install below is redone when a manifest or the lock file changes, not when
# a source does.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /flotilla
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
  && find . -type d -empty -delete

FROM ${NODE_IMAGE} AS bundled
WORKDIR /flotilla
COPY --from=manifests /flotilla ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY . .
RUN node scripts/bundle/main.ts

# All images have all programs, in the same layer; each runs one of them.
FROM ${NODE_IMAGE} AS base
ENV NODE_ENV=production
COPY --from=bundled /flotilla/bundle /flotilla/bundle
ARG SERVICE
# Old images of a rebuild are found by this label, and nobody else's.
LABEL flotilla.image=${SERVICE}
USER node

# A service or a balancer. As process 1 it takes SIGTERM itself, and it has no children to wait for.
FROM base AS service
WORKDIR /flotilla/bundle/${SERVICE}
CMD ["node", "--min-semi-space-size=8", "--max-semi-space-size=8", "main.cjs"]

# The command line. datasets/ is where its caller mounts texts.
FROM base AS client
WORKDIR /flotilla
ENTRYPOINT ["node", "bundle/client/main.cjs"]
CMD ["--help"]
