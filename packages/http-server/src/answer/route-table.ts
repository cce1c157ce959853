import findMyWay, { type HTTPMethod } from 'find-my-way';
import { isLiteralPath, type PathParameters, pathParameters, routerPath } from '../message/route-path.js';
import { MAX_TARGET_BYTES, pathOf } from '../message/target.js';
import type { Route } from './routes.js';

/** A route that was found, and the values of its parameters. */
export interface RouteMatch {
  readonly route: Route;
  readonly parameters: PathParameters;
}

const NO_ROUTES: ReadonlyMap<string, Route> = new Map();

/** A process's routes, in which every way in looks its requests up. */
export class RouteTable {
  /** All of them, with `HEAD` where there is a `GET`. */
  readonly routes: readonly Route[];
  /** By method, then by path. */
  readonly #literal = new Map<string, Map<string, Route>>();
  /** Those with parameters: the framework's router, which finds for HTTP/2 what the framework finds for HTTP/1.1. */
  readonly #router = findMyWay({ maxParamLength: MAX_TARGET_BYTES });

  /** @throws Error for a path that is none, and for two routes of one method and path. */
  constructor(given: readonly Route[]) {
    this.routes = given.flatMap((route) => (answersHeadToo(route, given) ? [route, headOf(route)] : [route]));
    for (const route of this.routes) {
      if (isLiteralPath(route.path)) this.#addLiteral(route);
      else this.#router.on(route.method, routerPath(route.path), () => {}, route);
    }
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
    const found = this.#router.find(method as HTTPMethod, pathOf(target));
    const parameters = found ? pathParameters(found.params) : undefined;
    return parameters && { route: found?.store as Route, parameters };
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
