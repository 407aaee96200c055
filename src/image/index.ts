export { assembleImage, type HistoryLine, type Parts } from "./assemble.ts";
export { type LayerBlob, layerBlob } from "./layer.ts";
