# One image per stage and one for the client, all from this file: docker-compose.yml says which folder is SERVICE.
# Layers that do not depend on SERVICE are made once, and shared by all images.

# Any Node 24 on Debian; Flotilla's pinned Node packages stay out, since the base image has Node.
ARG NODE_IMAGE=node:24-bookworm-slim

# What npm reads, and nothing else: the installs below are redone when a manifest or the lock file changes, not when
# a source does.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /flotilla
COPY . .
RUN find . -type f ! -name package.json ! -name package-lock.json ! -name .npmrc -delete \
  && find . -type d -empty -delete

# Production dependencies of the workspaces in question, without what packages carry for their own developers.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /flotilla
# Folders whose dependencies are installed; a pattern of the shell.
ARG WORKSPACES=service[0-9]*
COPY --from=manifests /flotilla ./
RUN --mount=type=cache,target=/root/.npm \
  npm ci --omit=dev --omit=optional --ignore-scripts $(printf -- '--workspace=%s ' ${WORKSPACES}) \
  && find . -type d -regextype egrep \
    -regex '.*/node_modules/(@[^/]+/)?[^/]+/(__tests__|tests?|benchmarks?|examples?|docs?)' -prune -exec rm -rf {} + \
  && find . -path '*/node_modules/*' -type f -regextype egrep \
    -regex '.*(\.[cm]?ts|\.map|[./](tests?|spec)\.[cm]?js|/README[^/]*|/CHANGELOG[^/]*)' -delete \
  && find . -path '*/node_modules/*' -type d -empty -delete \
  && rm -f node_modules/@flotilla/service[0-9]*

FROM ${NODE_IMAGE} AS compiled
WORKDIR /flotilla
COPY --from=manifests /flotilla ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts
COPY . .
RUN node_modules/.bin/tsc -b service[0-9]* client \
  && mkdir /compiled \
  && find packages service[0-9]* client -path '*/node_modules' -prune \
    -o \( -path '*/dist/*.js' -o -path '*/dist/*.js.map' \) -exec cp --parents -t /compiled {} +

# Dependencies and compiled code in one tree, of which each image takes its part.
FROM dependencies AS assembled
COPY --from=compiled /compiled ./

FROM ${NODE_IMAGE} AS base
ENV NODE_ENV=production
COPY --from=assembled /flotilla/node_modules /flotilla/node_modules
COPY --from=assembled /flotilla/packages /flotilla/packages
ARG SERVICE
COPY --from=assembled /flotilla/${SERVICE} /flotilla/${SERVICE}
# Old images of a rebuild are found by this label, and nobody else's.
LABEL flotilla.image=${SERVICE}
USER node

# A service or a balancer. As process 1 it takes SIGTERM itself, and it has no children to wait for.
FROM base AS service
WORKDIR /flotilla/${SERVICE}
CMD ["node", "--enable-source-maps", "--min-semi-space-size=8", "--max-semi-space-size=8", "dist/main.js"]

# The command line. datasets/ is where its caller mounts texts.
FROM base AS client
WORKDIR /flotilla
ENTRYPOINT ["node", "--enable-source-maps", "client/dist/main.js"]
CMD ["--help"]
