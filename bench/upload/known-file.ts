import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { countLocally, type Expected } from '@flotilla/client/expected';
import { textBody } from '@flotilla/client/json-text';
import { generateText } from '@flotilla/dataset';
import { type ByteRange, cutRange } from '../../client/dist/cut.js';
import { JSON_TYPE, PLAIN_TEXT } from '../../client/dist/http.js';
import { TextFile } from '../../client/dist/text-file.js';
import type { Body } from './upload.ts';

/** How a text is sent: `text` is what the client sends unless it is told otherwise. */
export const TRANSFERS = ['text', 'json'] as const;
export type Transfer = (typeof TRANSFERS)[number];

/** A part of a text, ready to be sent, and what is right about it. */
export interface KnownPart {
  readonly body: Body;
  readonly expected: Expected;
}

/** A made text on disk whose right answers are known. */
export class KnownFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly expected: Expected;
  readonly #cuts = new Map<string, Promise<KnownPart[]>>();

  private constructor(path: string, sizeBytes: number, expected: Expected) {
    this.path = path;
    this.sizeBytes = sizeBytes;
    this.expected = expected;
  }

  /** @param folder - gets the text, and its parts as JSON; the caller removes it. */
  static async make(folder: string, sizeBytes: number, seed: number): Promise<KnownFile> {
    const path = join(folder, `text-${sizeBytes}-${seed}.txt`);
    await pipeline(generateText({ sizeBytes, seed }), createWriteStream(path));
    return new KnownFile(path, sizeBytes, await countLocally(createReadStream(path)));
  }

  /** The text cut at white space into so many parts. Made once. */
  parts(count: number, transfer: Transfer): Promise<KnownPart[]> {
    const name = `${transfer}-${count}`;
    const known = this.#cuts.get(name) ?? this.#cut(count, transfer);
    this.#cuts.set(name, known);
    return known;
  }

  async remove(): Promise<void> {
    const made = (await Promise.all(this.#cuts.values())).flat();
    for (const path of new Set([this.path, ...made.map(({ body }) => body.file)])) await rm(path, { force: true });
  }

  async #cut(count: number, transfer: Transfer): Promise<KnownPart[]> {
    await using file = await TextFile.open(this.path);
    const whole = { start: 0, end: this.sizeBytes };
    const ranges = await cutRange((position, maxBytes) => file.readAt(position, maxBytes), whole, count);
    const parts: KnownPart[] = [];
    for (const [index, range] of ranges.entries()) {
      const requestId = `bench-${count}-${index + 1}`;
      const expected = count === 1 ? this.expected : await countLocally(file.slices(range));
      const body = transfer === 'text' ? this.#plain(range, requestId) : await this.#json(file, range, requestId);
      parts.push({ body, expected });
    }
    return parts;
  }

  #plain({ start, end }: ByteRange, requestId: string): Body {
    return { file: this.path, start, end, contentType: PLAIN_TEXT, requestId };
  }

  async #json(text: TextFile, range: ByteRange, requestId: string): Promise<Body> {
    const file = `${this.path}-${requestId}.json`;
    await pipeline(textBody(requestId, text.slices(range)), createWriteStream(file));
    return { file, start: 0, end: (await stat(file)).size, contentType: JSON_TYPE, requestId };
  }
}
