import { wsDoor } from "../../builders/ws-door.ts";
import { describeSocket } from "./socket.contract.ts";

describeSocket("a WebSocket", wsDoor);
