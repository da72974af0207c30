import { createServer } from "node:http";
import { listenOnLoopback, type Listening } from "../http/listen.ts";
import { NOT_FOUND_PAGE, writeReply } from "../http/reply.ts";

/** The lab's MinIO. */
export class S3Server {
  /** A server on loopback; port 0 takes a free one. All of them answer from the same buckets. */
  start(port: number): Promise<Listening> {
    const server = createServer((request, response) => {
      const live = /^\/minio\/health\/(live|ready)$/.test(request.url ?? "");
      writeReply(response, live ? { status: 200, contentType: null, body: "" } : NOT_FOUND_PAGE);
    });
    return listenOnLoopback(server, port);
  }
}
