import { pathOf } from './target.js';

/** The values of a path's parameters, by their names. */
export type PathParameters = Readonly<Record<string, string>>;

/** Segments of characters that need no escape (RFC 3986, 2.3), and of parameters. */
const PATH = /^(?:\/|(?:\/(?:[\w.~-]+|\{[A-Za-z]\w*\}))+)$/;

/** The path of a route: segments that must be there, and parameters in braces (OpenAPI's notation) that stand for one each. */
export class PathPattern {
  readonly path: string;
  readonly isLiteral: boolean;
  readonly #segments: readonly string[];

  /** @throws Error for a path that no request could be told to have. */
  constructor(path: string) {
    if (!PATH.test(path)) throw new Error(`no path of a route: ${path}`);
    this.path = path;
    this.isLiteral = !path.includes('{');
    this.#segments = path.split('/');
  }

  /** @param url - In the framework's notation: `/polls/:id`. */
  static ofFramework(url: string): PathPattern {
    return new PathPattern(url.replace(/:(\w+)/g, '{$1}'));
  }

  /** In the framework's notation. */
  get frameworkPath(): string {
    return this.path.replaceAll('{', ':').replaceAll('}', '');
  }

  /**
   * The values of the parameters in a request's target.
   *
   * @returns Undefined where the path is another, has an empty segment for a parameter, or one that cannot be decoded.
   */
  match(target: string): PathParameters | undefined {
    const given = pathOf(target).split('/');
    const segments = this.#segments;
    if (given.length !== segments.length) return undefined;
    const values: Record<string, string> = {};
    for (let i = 0; i < segments.length; i++) {
      const segment = segments[i] as string;
      const text = given[i] as string;
      if (segment.startsWith('{')) {
        const value = decoded(text);
        if (!value) return undefined;
        values[segment.slice(1, -1)] = value;
      } else if (segment !== text) {
        return undefined;
      }
    }
    return values;
  }

  /** Orders patterns so that of two which match one path the one comes first that is literal for longer. */
  static compare(one: PathPattern, other: PathPattern): number {
    for (let i = 0; i < Math.min(one.#segments.length, other.#segments.length); i++) {
      const isParameter = one.#segments[i]?.startsWith('{') === true;
      if (isParameter !== other.#segments[i]?.startsWith('{')) return isParameter ? 1 : -1;
    }
    return 0;
  }
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
