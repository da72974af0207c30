import { parentPort } from "node:worker_threads";
import { isAppError } from "../../src-shared/errors/app-error.ts";
import { TableDesk } from "../core/tenants/cardinality/table-desk.ts";
import type { TableMessage, TableReply } from "../core/tenants/cardinality/table-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("series-table.worker runs in a worker thread only");

const desk = new TableDesk();

function answer({ id, request }: TableMessage): TableReply {
  try {
    return { id, answer: desk.answer(request) };
  } catch (error) {
    if (isAppError(error)) return { id, error: error.toWire() };
    return { id, problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

// Messages come from `TableThread` of this program alone.
port.on("message", (message: TableMessage) => port.postMessage(answer(message)));
