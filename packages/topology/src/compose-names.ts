/** The service that commands are run in: `docker compose run --rm client …`. */
export const COMPOSE_CLIENT = 'client';

/** Name of the image that all processes of a folder share: `flotilla-service1-input`. */
export function imageName(folder: string): string {
  return `flotilla-${folder}`;
}
