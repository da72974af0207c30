import { contextBridge, ipcRenderer, webUtils } from "electron";
import { bridgeArchives } from "./archive-bridge.ts";
import { bridgePorts, type BridgedPage } from "./port-bridge.ts";

declare const window: BridgedPage;

bridgePorts(window, ipcRenderer);
bridgeArchives(contextBridge, ipcRenderer, webUtils);
