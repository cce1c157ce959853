/**
 * Has stack traces name the sources that a bundle was made from.
 *
 * Node does so with `--enable-source-maps`, but reads every map at the start, and unpacks all of one for the first stack:
 * 70 ms and 20 MB in each process. Here a map is read when a stack is wanted that leads through its code.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { placeOf, type SourceMap } from './source-map.ts';

const BUNDLE = dirname(import.meta.dirname);

/** By the path of the code. Undefined: there is none that can be read. */
const maps = new Map<string, SourceMap | undefined>();
/** By place in a bundle; as many as there are places that errors come from. */
const places = new Map<string, string>();

Error.prepareStackTrace = (error, frames) =>
  [headline(error), ...frames.map((frame) => `    at ${described(frame)}`)].join('\n');

function headline(error: Error): string {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return '<error>';
  }
}

function described(frame: NodeJS.CallSite): string {
  const text = String(frame);
  const file = frame.getFileName();
  if (!file?.startsWith(BUNDLE)) return text;
  const [line, column] = [frame.getLineNumber() ?? 1, frame.getColumnNumber() ?? 1];
  const place = `${file}:${line}:${column}`;
  let source = places.get(place);
  if (source === undefined) {
    source = sourceOf(file, line, column) ?? place;
    places.set(place, source);
  }
  return text.replace(place, () => source);
}

function sourceOf(file: string, line: number, column: number): string | undefined {
  if (!maps.has(file)) maps.set(file, readMap(file));
  const map = maps.get(file);
  const found = map && placeOf(map, line, column);
  return found && `${join(dirname(file), found.source)}:${found.line}:${found.column}`;
}

function readMap(file: string): SourceMap | undefined {
  try {
    return JSON.parse(readFileSync(`${file}.map`, 'utf8')) as SourceMap;
  } catch {
    return undefined;
  }
}
