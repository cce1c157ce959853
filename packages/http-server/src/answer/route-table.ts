import { type PathParameters, PathPattern } from '../message/path-pattern.js';
import { pathOf } from '../message/target.js';
import type { Route } from './routes.js';

/** A route, and the pattern that its path is. */
export interface RouteEntry {
  readonly route: Route;
  readonly pattern: PathPattern;
}

/** A route that was found, and the values of its parameters. */
export interface RouteMatch {
  readonly route: Route;
  readonly parameters: PathParameters;
}

const NO_ROUTES: ReadonlyMap<string, Route> = new Map();

/** A process's routes, in which every way in looks its requests up. */
export class RouteTable {
  /** All of them, with `HEAD` where there is a `GET`. */
  readonly entries: readonly RouteEntry[];
  /** By method, then by path. */
  readonly #literal = new Map<string, Map<string, Route>>();
  /** Those with parameters: of two that match one path the one comes first that is literal for longer. */
  readonly #patterns: readonly RouteEntry[];

  /** @throws Error for a path that is none, and for two routes of one method and path. */
  constructor(given: readonly Route[]) {
    const routes = given.flatMap((route) => (answersHeadToo(route, given) ? [route, headOf(route)] : [route]));
    this.entries = routes.map((route) => ({ route, pattern: new PathPattern(route.path) }));
    this.#patterns = this.entries
      .filter(({ pattern }) => !pattern.isLiteral)
      .sort((one, other) => PathPattern.compare(one.pattern, other.pattern));
    for (const { route, pattern } of this.entries) if (pattern.isLiteral) this.#addLiteral(route);
  }

  /** The literal paths of a method, for a reader that knows the method already. */
  literalsOf(method: string): ReadonlyMap<string, Route> {
    return this.#literal.get(method) ?? NO_ROUTES;
  }

  /** The route of a method and a literal path. @param target - Path and query. */
  literal(method: string, target: string): Route | undefined {
    return this.#literal.get(method)?.get(pathOf(target));
  }

  /** The route with parameters of a method and a path. @param target - Normalised: path and query. */
  match(method: string, target: string): RouteMatch | undefined {
    for (const { route, pattern } of this.#patterns) {
      const parameters = route.method === method ? pattern.match(target) : undefined;
      if (parameters) return { route, parameters };
    }
    return undefined;
  }

  #addLiteral(route: Route): void {
    const paths = this.#literal.get(route.method) ?? new Map<string, Route>();
    if (paths.has(route.path)) throw new Error(`two routes for ${route.method} ${route.path}`);
    this.#literal.set(route.method, paths.set(route.path, route));
  }
}

function answersHeadToo({ method, path }: Route, all: readonly Route[]): boolean {
  return method === 'GET' && !all.some((other) => other.method === 'HEAD' && other.path === path);
}

function headOf(route: Route): Route {
  return { ...route, method: 'HEAD' };
}
