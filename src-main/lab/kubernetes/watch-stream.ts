import type { ServerResponse } from "node:http";
import type { Clock } from "../../core/common/clock.ts";
import type { KubeObject } from "./kube-object.ts";
import type { ObjectChange, ObjectStore } from "./object-store.ts";
import { apiVersionOf, type KubeResource } from "./resources.ts";
import type { ObjectFilter } from "./selectors.ts";
import { StatusProblem, statusObject } from "./status.ts";

const BOOKMARK_MS = 30_000;

export interface WatchRequest {
  readonly resource: KubeResource;
  readonly namespace: string | null;
  readonly filter: ObjectFilter;
  /** `""` and `0` begin with what is there now. */
  readonly resourceVersion: string;
  readonly bookmarks: boolean;
  readonly timeoutSeconds: number;
  /** How an object is written: as it is, or as a table of one row. */
  readonly render: (object: KubeObject, first: boolean) => unknown;
}

/** Streams changes as lines of JSON until the client leaves or the time is over. */
export function streamWatch(response: ServerResponse, request: WatchRequest, store: ObjectStore, clock: Clock): void {
  response.removeHeader("connection");
  response.writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-cache, private" });
  response.flushHeaders();
  let first = true;
  const send = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`);
  const tell = (type: string, object: KubeObject) => {
    send(type, request.render(object, first));
    first = false;
  };
  const bookmark = () => {
    const { kind } = request.resource;
    const metadata = { resourceVersion: String(store.currentVersion) };
    send("BOOKMARK", { kind, apiVersion: apiVersionOf(request.resource), metadata });
  };
  const relay = (change: ObjectChange) => {
    const seen = visibleChange(change, request);
    if (seen !== null) tell(seen.type, seen.object);
  };

  const { resourceVersion } = request;
  if (resourceVersion === "" || resourceVersion === "0") {
    for (const object of store.list(request.resource, request.namespace))
      if (request.filter(object)) tell("ADDED", object);
  } else {
    const from = Number(resourceVersion);
    if (from < store.oldestVersion) {
      const message = `too old resource version: ${from} (${store.oldestVersion})`;
      send("ERROR", statusObject(new StatusProblem(410, "Expired", message)));
      response.end();
      return;
    }
    for (const change of store.changesSince(from)) relay(change);
  }

  const stopListening = store.listen(relay);
  let stopBookmark: () => void = () => {};
  const nextBookmark = () => {
    stopBookmark = clock.after(BOOKMARK_MS, () => {
      bookmark();
      nextBookmark();
    });
  };
  if (request.bookmarks) nextBookmark();
  const stopTimer = clock.after(request.timeoutSeconds * 1_000, () => {
    if (request.bookmarks) bookmark();
    response.end();
  });
  response.once("close", () => {
    stopListening();
    stopBookmark();
    stopTimer();
  });
}

/** The change as this watch sees it: an object that leaves its selector is deleted for it, one that enters is added. */
function visibleChange(
  change: ObjectChange,
  request: WatchRequest,
): { readonly type: string; readonly object: KubeObject } | null {
  if (change.resource !== request.resource) return null;
  if (request.namespace !== null && change.object.metadata.namespace !== request.namespace) return null;
  const was = change.before !== null && request.filter(change.before);
  const is = change.type !== "DELETED" && request.filter(change.object);
  if (is) return { type: was ? "MODIFIED" : "ADDED", object: change.object };
  return was ? { type: "DELETED", object: change.object } : null;
}
