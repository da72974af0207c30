import { ipcRenderer } from "electron";
import { bridgePorts, type BridgedPage } from "./port-bridge.ts";

declare const window: BridgedPage;

bridgePorts(window, ipcRenderer);
