import type { ServerResponse } from "node:http";

/** An answer before it is written. A body of several pieces is sent as one chunked stream, as Go sends what it does not measure. */
export interface Reply {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: string | Buffer | readonly Buffer[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** `http.Error`: plain text, no sniffing. Handlers that use it end the text with a newline; Loki's own error writer does not. */
export function errorReply(status: number, text: string): Reply {
  return {
    status,
    contentType: "text/plain; charset=utf-8",
    body: text,
    headers: { "X-Content-Type-Options": "nosniff" },
  };
}

export const NOT_FOUND_PAGE = errorReply(404, "404 page not found\n");

/** nginx's own page, when nobody behind it answers. */
export const BAD_GATEWAY_PAGE: Reply = {
  status: 502,
  contentType: "text/html",
  body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n",
};

export function textReply(body: string, status = 200): Reply {
  return { status, contentType: "text/plain; charset=utf-8", body };
}

/** The query API's JSON; Loki writes its charset in capitals here. */
export function queryJsonReply(body: string): Reply {
  return { status: 200, contentType: "application/json; charset=UTF-8", body };
}

export function emptyReply(status: number): Reply {
  return { status, contentType: null, body: "" };
}

/** Thrown by a handler to answer with an error; the server writes it. */
export class HttpProblem extends Error {
  readonly reply: Reply;

  constructor(status: number, text: string, reply: Reply = errorReply(status, text)) {
    super(text);
    this.name = "HttpProblem";
    this.reply = reply;
  }
}

/** Writes a reply with the headers that a Go server would send: no `Connection` and `Keep-Alive` of Node's own. */
export function writeReply(response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return;
  response.removeHeader("connection");
  const headers: Record<string, string> = {};
  if (reply.contentType !== null) headers["Content-Type"] = reply.contentType;
  Object.assign(headers, reply.headers);
  if (typeof reply.body === "string" || Buffer.isBuffer(reply.body)) {
    if (reply.status !== 204) headers["Content-Length"] = String(Buffer.byteLength(reply.body));
    response.writeHead(reply.status, headers);
    response.end(reply.body);
    return;
  }
  response.writeHead(reply.status, headers);
  for (const piece of reply.body) response.write(piece);
  response.end();
}
