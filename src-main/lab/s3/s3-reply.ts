/** An answer of the S3 API before it is written. */
export interface S3Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export function xmlReply(body: string): S3Reply {
  return { status: 200, headers: { "Content-Type": "application/xml" }, body };
}

export function emptyReply(status: number): S3Reply {
  return { status, headers: {}, body: "" };
}
