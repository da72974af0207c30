import { gunzipSync, inflateSync, inflateRawSync } from "node:zlib";
import { z } from "zod";
import type { LabelSet } from "../../../src-shared/model/labels.ts";
import { parseLokiTime } from "./request-form.ts";
import type { StoredEntry } from "../store/entry.ts";
import { HttpProblem } from "../http/reply.ts";

export interface PushStream {
  readonly labels: LabelSet;
  readonly entries: readonly StoredEntry[];
}

const MAX_DECOMPRESSED = 512 * 1024 * 1024;
const text = z.string();

/** The body behind `Content-Encoding`; 400 for one that Loki does not know or that is damaged. */
export function decodeBody(body: Buffer, encoding: string): Buffer {
  try {
    switch (encoding) {
      case "":
      case "snappy":
        return body;
      case "gzip":
        return gunzipSync(body, { maxOutputLength: MAX_DECOMPRESSED });
      case "deflate":
        return (body[0] ?? 0) === 0x78
          ? inflateSync(body, { maxOutputLength: MAX_DECOMPRESSED })
          : inflateRawSync(body, { maxOutputLength: MAX_DECOMPRESSED });
      default:
        throw new HttpProblem(400, `Content-Encoding "${encoding}" not supported\n`);
    }
  } catch (error) {
    if (error instanceof HttpProblem) throw error;
    throw new HttpProblem(
      400,
      encoding === "gzip" ? "gzip: invalid header\n" : "flate: corrupt input before offset 0\n",
    );
  }
}

/** `{"streams":[{"stream":{…},"values":[["<ns>","line",{…}?]]}]}`; 400 in the words of Loki's JSON reader. */
export function parsePushJson(body: Buffer): PushStream[] {
  const source = body.toString();
  let parsed: unknown;
  try {
    parsed = JSON.parse(source);
  } catch {
    // Loki's reader reports the place it got to; ours cannot, so every broken body reads like one that ends too early.
    throw jsonProblem(source, "Skip: do not know how to skip: 0");
  }
  const streams = z.object({ streams: z.array(z.unknown()).nullish() }).safeParse(parsed);
  if (!streams.success) throw jsonProblem(source, "ReadArray: expect [ or , or ] or n, but found {");
  return (streams.data.streams ?? []).map((stream) => pushStream(stream, source));
}

const streamSchema = z.object({
  stream: z.record(z.string(), z.string()).optional(),
  values: z.array(z.array(z.unknown())).optional(),
});

function pushStream(value: unknown, source: string): PushStream {
  const parsed = streamSchema.safeParse(value);
  if (!parsed.success) throw jsonProblem(source, "unmarshalerDecoder: Value is not value");
  return {
    labels: parsed.data.stream ?? {},
    entries: (parsed.data.values ?? []).map((entry) => pushEntry(entry, source)),
  };
}

function pushEntry(values: readonly unknown[], source: string): StoredEntry {
  const [time, line, metadata] = values;
  const stamp = text.safeParse(time);
  const timestampNs = stamp.success && /^-?\d+$/.test(stamp.data) ? BigInt(stamp.data) : null;
  const content = text.safeParse(line);
  if (timestampNs === null || !content.success) {
    throw jsonProblem(
      source,
      "unmarshalerDecoder: Value looks like Number/Boolean/None, but can't find its end: ',' or '}' symbol",
      AFTER_STREAMS,
    );
  }
  const labels = z.record(z.string(), z.string()).safeParse(metadata ?? {});
  if (!labels.success) {
    throw jsonProblem(source, `unmarshalerDecoder: Value is string, but can't find closing '"' symbol`, AFTER_STREAMS);
  }
  return { timestampNs, line: content.data, metadata: labels.data };
}

/**
 * The reader's error with its two excerpts, which begin ten and fifty bytes before the place it got to: the body's end, or
 * with `behind` the end of the last stream.
 */
function jsonProblem(source: string, what: string, behind = 0): HttpProblem {
  return new HttpProblem(
    400,
    `loghttp.PushRequest.Streams: []loghttp.LogProtoStream: ${what}, error found in #10 byte of ...|${source.slice(-10 - behind)}|..., bigger context ...|${source.slice(-50 - behind)}|...\n`,
  );
}

/** `]}`, which closes the list of streams and the body. */
const AFTER_STREAMS = 2;

const legacySchema = z.object({
  streams: z.array(z.object({ labels: z.string(), entries: z.array(z.object({ ts: z.string(), line: z.string() })) })),
});

/** The body of `/api/prom/push`; `parseLabels` reads `{app="x"}`. */
export function parseLegacyPush(body: Buffer, parseLabels: (text: string) => LabelSet): PushStream[] {
  const source = body.toString();
  let parsed: unknown;
  try {
    parsed = JSON.parse(source);
  } catch {
    throw jsonProblem(source, "Skip: do not know how to skip: 0");
  }
  const legacy = legacySchema.safeParse(parsed);
  if (!legacy.success) throw jsonProblem(source, "unmarshalerDecoder: Value is not value");
  return legacy.data.streams.map(({ labels, entries }) => ({
    labels: parseLabels(labels),
    entries: entries.map(({ ts, line }) => {
      const timestampNs = parseLokiTime(ts);
      if (timestampNs === null) throw jsonProblem(source, "unmarshalerDecoder: parsing time");
      return { timestampNs, line, metadata: {} };
    }),
  }));
}
