/** Segments of characters that need no escape (RFC 3986, 2.3), and parameters in braces (OpenAPI's notation) that are one each. */
const PATH = /^(?:\/|(?:\/(?:[\w.~-]+|\{[A-Za-z]\w*\}))+)$/;
const PARAMETER = /\{(\w+)\}/g;

/** The values of a path's parameters, by their names. */
export type PathParameters = Readonly<Record<string, string>>;

/** Whether a route's path has no parameters. @throws Error for a path that no request could be told to have. */
export function isLiteralPath(path: string): boolean {
  if (!PATH.test(path)) throw new Error(`no path of a route: ${path}`);
  return !path.includes('{');
}

/** A route's path in the notation of the router: `/polls/:id`. */
export function routerPath(path: string): string {
  return path.replace(PARAMETER, ':$1');
}

/** What a router found for the parameters of a path. @returns Undefined where one is empty: then the path is another. */
export function pathParameters(found: unknown): PathParameters | undefined {
  const values = found as Record<string, string>;
  return Object.values(values).includes('') ? undefined : values;
}
