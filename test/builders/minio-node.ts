import { readFileSync } from "node:fs";
import { request } from "undici";
import { parseSeriesKey } from "../../src-main/core/health/detection/series-key.ts";
import { parseExposition } from "../../src-main/core/health/scraping/exposition-parser.ts";
import type { MinioNode, ReadSamples } from "../../src-main/core/storage/bucket-health/read-minio.ts";
import { AppError } from "../../src-shared/errors/app-error.ts";
import { httpAnswer, ScriptedServer } from "./scripted-server.ts";

/** The console's own parser of expositions, as the core of storage is given it. */
export const readSamples: ReadSamples = (body, wanted) =>
  Object.entries(parseExposition(body, wanted).series).map(([key, value]) => ({ ...parseSeriesKey(key), value }));

/** An answer of a MinIO of 2019, byte for byte. */
export function recordedAnswer(name: string): Buffer {
  return readFileSync(new URL(`../fixtures/storage/minio/${name}.http`, import.meta.url));
}

export function exposition(body: string): Buffer | string {
  return httpAnswer(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }, body);
}

/** A server that answers by path, its query included; other paths as a bucket that is not there. */
export async function serveMinio(answers: Readonly<Record<string, Buffer | string>>): Promise<ScriptedServer> {
  return await ScriptedServer.start((socket, head) => {
    const path = head.split(" ")[1] ?? "";
    socket.end(answers[path] ?? httpAnswer(404, { "content-type": "application/xml" }, "<Error/>"));
  });
}

export function minioNode(url: string): MinioNode {
  return {
    title: url,
    get: async (path, signal) => {
      try {
        const { statusCode, headers, body } = await request(`${url}${path}`, { signal });
        const fields = Object.entries(headers).map(([name, value]) => [name, String(value ?? "")]);
        return { status: statusCode, headers: Object.fromEntries(fields), body: Buffer.from(await body.arrayBuffer()) };
      } catch (error) {
        throw new AppError("storage.unreachable", { store: url, problem: String(error) }, { cause: error });
      }
    },
  };
}
