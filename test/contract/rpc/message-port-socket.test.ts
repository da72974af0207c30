import { portDoor } from "../../builders/port-door.ts";
import { describeSocket } from "./socket.contract.ts";

describeSocket("a MessagePort", portDoor);
